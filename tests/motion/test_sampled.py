"""Motions, components, solutions, pairs, and whatever has times and values are read in one way."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from evidence import assert_same_bits

import stochcalc as sc
from stochcalc.motion.sampled import check_same_grid, is_sampled, read_paths

W = sc.brownian(n=4, paths=3, dim=2, rng=1)
PLANE = sc.SDE(lambda t, x: (-x[0], -x[1]), lambda t, x: (0.5, 0.5))
SOLUTION = sc.solve(PLANE, (1.0, 2.0), noise=W)
GRID = W.t


def test_a_solution_names_its_states_as_a_motion_does():
    assert SOLUTION.values is SOLUTION.x
    for i in range(2):
        assert_same_bits(SOLUTION.component(i).values, SOLUTION.x[..., i])
        assert_same_bits(SOLUTION.component(i).t, SOLUTION.t)
    alone = sc.solve(sc.models.gbm(0.1, 0.2), 1.0, noise=W[0])
    assert_same_bits(alone.component(0).values, alone.x)
    with pytest.raises(ValueError, match="i=2 and these paths have 2 components"):
        SOLUTION.component(2)
    moments = sc.solve(PLANE, (1.0, 2.0), noise=W, save="stats")
    for ask in (lambda: moments.values, lambda: moments.component(0)):
        with pytest.raises(ValueError, match='keeps none: use save="all"'):
            ask()


def test_whatever_has_times_and_values_is_read():
    assert read_paths("X", W) is W
    for x in (SOLUTION, SimpleNamespace(t=GRID, values=SOLUTION.x), (GRID, SOLUTION.x)):
        assert is_sampled(x)
        read = read_paths("X", x)
        assert (read.paths, read.dim, read.numbers) == (3, 2, 10)
        assert_same_bits(read.values, SOLUTION.x)
        assert_same_bits(read.t, GRID)
        assert_same_bits(read.block(1, 3), SOLUTION.x[1:3])
    assert read_paths("X", (GRID, GRID)).values.shape == (1, 5)
    assert read_paths("X", (GRID, SOLUTION.x[..., :1]), dim=1).dim == 1
    assert is_sampled(sc.brownian(n=4, store=False, rng=1))
    for other in ([GRID, GRID], GRID, {"t": 1, "values": 2}, (1.0, 2.0), (W, W)):
        assert not is_sampled(other)


def test_what_is_no_sampled_paths_is_refused_with_what_is():
    for x, error, message in (
        (3.0, TypeError, r"X=3 must be Brownian paths .*, a Solution, or a pair \(t, values\)"),
        ((GRID, GRID[:3]), ValueError, r"X has 5 times and values of shape \(1, 3\)"),
        ((GRID[::-1], GRID), ValueError, "X: t must increase"),
        ((GRID, ["a"] * 5), TypeError, "X: values has dtype"),
        ((GRID, [np.nan] * 5), ValueError, r"X: values\[0\]=nan"),
        (([0.0], [0.0]), ValueError, "at two times or more"),
    ):
        with pytest.raises(error, match=message):
            read_paths("X", x)
    with pytest.raises(ValueError, match=r"X has dim=2: one component is needed, such as X\[0\]"):
        read_paths("X", W, dim=1)
    with pytest.raises(ValueError, match=r"such as X\.component\(0\)"):
        read_paths("X", SOLUTION, dim=1)
    with pytest.raises(ValueError, match="X has dim=2: 3 components are needed"):
        read_paths("X", SOLUTION, dim=3)


def test_paths_on_two_grids_are_refused_and_both_are_named():
    coarse = read_paths("Y", W.coarsen(2))
    with pytest.raises(ValueError, match="Y is on 3 times from 0 to 1 and X on 5 times"):
        check_same_grid("Y", coarse, "X", W)
    with pytest.raises(ValueError, match="Y has 1 paths and X has 3: give as many"):
        check_same_grid("Y", read_paths("Y", (GRID, GRID)), "X", W)
    moved = read_paths("Y", (GRID + [0.0, 0.125, 0.0, 0.0, 0.0], GRID))
    with pytest.raises(ValueError, match=r"5 times from 0 to 1 \(t\[1\] is 0.375 and 0.25\): give"):
        check_same_grid("Y", moved, "X", W)
    check_same_grid("Y", read_paths("Y", SOLUTION), "X", W)
