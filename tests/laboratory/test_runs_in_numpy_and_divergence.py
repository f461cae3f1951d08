"""Runs to a precision, runs in NumPy, and runs that leave the finite range."""

from __future__ import annotations

import math

import numpy as np
import pytest
from evidence import assert_same_bits

import stochcalc as sc

GBM = sc.models.gbm(0.5, 0.4)


# ---- one run until precise enough, and in NumPy


def test_a_run_to_a_standard_error_has_the_bits_of_one_run_of_as_many_paths(rng_seed):
    for save in ("stats", "last"):
        sol = sc.solve(GBM, 1.0, 1.0, n=8, paths=500, save=save, target_stderr=5e-3, rng=rng_seed)
        paths = sol.info["paths"]
        assert (
            sol.stderr[-1] <= 5e-3
            and sol.info["looks"] > 1
            and paths == 512 * 2 ** (sol.info["looks"] - 1)
        )
        plain = sc.solve(GBM, 1.0, 1.0, n=8, paths=paths, save=save, key=sol.key)
        assert_same_bits(sol.mean, plain.mean)
        assert_same_bits(sol.stderr, plain.stderr)
        assert plain.stderr[-1] > 2.5e-3
        wide, narrow = sol.estimate(), plain.estimate()
        assert wide.high - wide.low > 1.2 * (narrow.high - narrow.low) and wide.confidence == 0.95
    with pytest.raises(ValueError, match=r"target_stderr=1e-12 needs about .* paths"):
        sc.solve(GBM, 1.0, 1.0, n=8, target_stderr=1e-12, save="stats")


def test_what_numba_cannot_compile_runs_in_numpy_with_one_warning_that_says_what_it_costs(rng_seed):
    table = {"rate": 1.0}
    together = sc.SDE(
        lambda t, x: -table["rate"] * x * len({"a": 1.0, "b": "two"}) / 2.0, lambda t, x: 0.3
    )
    with pytest.warns(
        RuntimeWarning, match=r"cannot compile .*NumPy, some ten times slower.*vectorized=True"
    ) as caught:
        a = sc.solve(together, 1.0, 1.0, n=8, paths=300, rng=rng_seed)
    assert len(caught) == 1 and a.info["route"] == "numpy"
    alone = sc.SDE(lambda t, x: -float(repr(float(x))), lambda t, x: 0.3)
    with pytest.warns(RuntimeWarning, match=r"path by path in Python, some thousand times slower"):
        b = sc.solve(alone, 1.0, 1.0, n=8, paths=300, key=a.key)
    due = sc.solve(sc.SDE(lambda t, x: -x, lambda t, x: 0.3), 1.0, 1.0, n=8, paths=300, key=a.key)
    np.testing.assert_allclose(a.x, due.x, rtol=1e-13)
    np.testing.assert_allclose(b.x, due.x, rtol=1e-13)


# ---- divergence


def test_euler_on_a_cubic_from_afar_is_reported_with_counts_and_remedy_and_other_schemes_stay(
    rng_seed,
):
    cubic = sc.models.cubic(1.0)
    with pytest.warns(
        RuntimeWarning,
        match=r"700 of 700 paths left the finite range, first path 0 at step .*tamed_euler",
    ):
        wild = sc.solve(cubic, 30.0, 1.0, n=16, paths=700, save="stats", rng=rng_seed)
    assert wild.nonfinite == 700 and np.isnan(wild.mean[-1])
    for method in ("tamed_euler", "theta"):
        assert (
            sc.solve(cubic, 30.0, 1.0, n=16, paths=700, method=method, rng=rng_seed).nonfinite == 0
        )


def test_a_square_root_gone_negative_is_counted_and_left_out_of_nothing(rng_seed):
    sde = sc.SDE(lambda t, x: 0.5 * (0.04 - x), lambda t, x: 0.5 * math.sqrt(x))
    with pytest.warns(
        RuntimeWarning,
        match=r"of 1000 paths left the finite range.*from state \[-.*diffusion that is defined",
    ):
        sol = sc.solve(sde, 0.04, 1.0, n=16, paths=1000, rng=rng_seed)
    assert (
        0 < sol.nonfinite < 1000
        and sol.nonfinite == np.isnan(sol.x[:, -1]).sum()
        and np.isnan(sol.mean[-1])
    )
    with pytest.raises(FloatingPointError, match="left the finite range"):
        sc.solve(sde, 0.04, 1.0, n=16, paths=1000, key=sol.key, on_nonfinite="raise")
    assert (
        sc.solve(sc.models.cir(0.5, 0.04, 0.5), 0.04, 1.0, n=16, paths=1000, key=sol.key).nonfinite
        == 0
    )
