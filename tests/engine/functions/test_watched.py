"""Watched steps: they are packed like the steps that they watch."""

from __future__ import annotations

import numpy as np
import pytest
from assembly import of_watched_job
from evidence import assert_same_bits
from passage_problems import BM, moving

import stochcalc as sc
from stochcalc.engine.compiler.pointers import compilations
from stochcalc.passage.barrier import read_barriers
from stochcalc.passage.runs import make_job
from stochcalc.solver.examine import examine
from stochcalc.solver.fit import fit


def passage_job(barrier):
    grid = sc.Partition.uniform(1.0, 4)
    return make_job(
        problem=fit(examine(BM, np.zeros(1), 0), sc.METHODS["euler_maruyama"]),
        grid=grid,
        start=np.zeros((1, 1)),
        barriers=read_barriers(barrier, 0.0, grid.times),
        component=0,
        paths=10,
        key=1,
        correction=True,
        rows_kept=True,
    )


def test_a_step_that_a_condition_watches_is_packed():
    number = sc.solve(moving(), 0.0, 1.0, n=4, rng=1, stop=lambda t, x, *args: x > 1.0)
    assert of_watched_job(number.job).packed >= 4
    pair = sc.SDE(lambda t, x: (x[1], -x[0]), lambda t, x: (0.1, 0.2))
    system = sc.solve(pair, (1.0, 0.0), 1.0, n=4, rng=1, stop=lambda t, x: x[0] < -1.0)
    assert of_watched_job(system.job).packed >= 6


@pytest.mark.parametrize("barrier, least", [(1.0, 30), ((-1.0, 1.0), 200)])
def test_a_step_with_bridges_is_packed(barrier, least):
    assert of_watched_job(passage_job(barrier)).packed >= least


def test_other_numbers_compile_nothing_anew():
    stop = lambda t, x, *args: x > 1.0
    first = sc.solve(moving(0.5, 1.0), 0.0, 1.0, n=4, rng=1, stop=stop)
    sc.first_passage(BM, 0.0, (-1.0, 1.0), 1.0, n=4, paths=10, rng=1)
    before = compilations()
    again = sc.solve(moving(0.5, 1.0), 0.0, 1.0, n=4, rng=1, stop=stop)
    sc.solve(moving(0.1, 2.0), 0.5, 2.0, n=9, rng=1, stop=stop)
    sc.first_passage(BM, 0.5, (lambda t: -2.0 - t, 3.0), 2.0, n=9, paths=10, rng=1)
    assert compilations() == before
    assert_same_bits(first.x, again.x)
