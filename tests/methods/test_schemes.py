"""Schemes: the lanes compute the formula on arrays, to the same bits however the work is cut."""

from __future__ import annotations

import dataclasses
import itertools
import math

import numpy as np
import pytest
from evidence import assert_same_bits, bits, must_reject, seed

import stochcalc as sc
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.numpy_march import Batch
from stochcalc.methods.theta import theta_method

METHODS = [name for name in sc.METHODS if name != "exact"]


def bend(t, x, c):
    return np.sin(x[1]) + c * t, -x[0]


KINDS = {
    "number": (
        lambda t, x, c: np.sin(x) + c * t,
        lambda t, x, c: 0.5 + 0.2 * np.cos(x) * t,
        "diagonal",
        0.4,
    ),
    "scalar": (
        bend,
        lambda t, x, c: (0.5 + 0.2 * np.cos(x[1]), 0.3 * x[1] * x[0]),
        "scalar",
        (0.4, 1.2),
    ),
    "diagonal": (
        bend,
        lambda t, x, c: (0.5 + 0.2 * np.cos(x[0]), 0.3 * x[1]),
        "diagonal",
        (0.4, 1.2),
    ),
    "additive": (bend, lambda t, x, c: ((0.5, t, c), (0.2, 0.1, 0.3)), "additive", (0.4, 1.2)),
    "commuting": (
        bend,
        lambda t, x, c: ((0.5 * x[0], 0.2 * x[0]), (c * x[1], -0.1 * x[1])),
        "commuting",
        (0.4, 1.2),
    ),
    "general": (
        bend,
        lambda t, x, c: ((0.5 * x[1], 0.2 * np.sin(x[0]), 1.0), (c * x[1] * t, -0.1 * x[0], 0.2)),
        "general",
        (0.4, 1.2),
    ),
}
# Every scheme on a number, and each kind of noise by the schemes that treat it in their own way.
CASES = [("number", name) for name in METHODS if name != "sra1"] + [
    *itertools.product(("scalar",), ("milstein", "sriw1", "theta")),
    *itertools.product(("diagonal",), ("milstein", "sriw1", "heun")),
    *itertools.product(("additive",), ("sra1", "sri2", "milstein")),
    *itertools.product(("commuting",), ("milstein", "sri2")),
    *itertools.product(("general",), ("sri2", "srs2", "weak2", "theta", "heun", "lambda_euler")),
]


def problem(kind: str, **options):
    drift, diffusion, noise, x0 = KINDS[kind]
    how = {
        "noise": noise,
        "lam": 0.25,
        "args": (0.3,),
        "diffusion_dx": "central",
        "drift_dx": "central",
    }
    return sc.SDE(drift, diffusion, **(how | options)), x0


def on_arrays(job) -> Batch:
    """The same job in NumPy."""
    return Batch(
        job.step,
        ("tuple",) * len(job.step.functions),
        job.noise,
        job.paths,
        job.dim,
        job.times,
        job.steps,
        job.starts,
        job.keep,
        job.args,
        job.layout,
        lam=job.lam,
    )


@pytest.mark.parametrize("kind, method", CASES)
def test_a_scheme_in_the_lanes_is_its_formula_on_arrays_whatever_the_work_is_cut_into(kind, method):
    sde, x0 = problem(kind)
    T = 0.4  # short, so that rounding does not grow
    sol = sc.solve(
        sde, x0, T, n=6, paths=700, method=method, rng=seed(f"{kind} {method}"), workers=1
    )
    job = sol.job
    rows, _ = runner.run(on_arrays(job))
    np.testing.assert_allclose(rows, sol.x.reshape(rows.shape), rtol=1e-7, atol=1e-9)
    again = [runner.run(job, workers=2, chunk=1)[0], runner.run(job, workers=3, chunk=2)[0]]
    shards = [runner.run(job, blocks=range(a, b))[0] for a, b in ((0, 1), (1, 3))]
    assert_same_bits(sol.x.reshape(rows.shape), *again, np.concatenate(shards))
    assert_same_bits(sol.x[301:302], sol.replay(301).x)
    moments = sc.solve(sde, x0, T, n=6, paths=700, method=method, key=sol.key, save="stats")
    assert_same_bits(moments.mean, sol.mean)


def test_one_sum_over_all_schemes_is_the_same_on_any_number_of_workers(rng_seed):
    names = [name for name in METHODS if name != "sra1"]
    found = [
        sc.strong_convergence(
            sc.models.gbm(0.5, 0.4),
            1.0,
            1.0,
            methods=names,
            levels=(1, 2),
            paths=4096,
            rng=rng_seed,
            workers=workers,
        )
        for workers in (1, 2)
    ]
    assert bits(np.array([*found[0].error.values()])) == bits(np.array([*found[1].error.values()]))


# ---- what a scheme is asked and what it answers


def test_theta_zero_is_euler_and_theta_one_is_implicit(rng_seed):
    sde = sc.SDE(lambda t, x: -x, lambda t, x: 0.3, drift_dx=lambda t, x: -1.0)
    W = sc.brownian(1.0, 8, paths=50, rng=rng_seed)
    explicit = sc.solve(sde, 1.0, noise=W, method=theta_method(0.0)).x
    np.testing.assert_allclose(explicit, sc.solve(sde, 1.0, noise=W).x, rtol=1e-13)
    x, h = np.ones(50), 1 / 8
    for k in range(8):
        x = (x + 0.3 * W.increments[:, k]) / (1 + h)
    np.testing.assert_allclose(sc.solve(sde, 1.0, noise=W, method="theta").x[:, -1], x, rtol=1e-13)
    x = np.ones(50)
    for k in range(8):
        x = (x * (1 - h / 2) + 0.3 * W.increments[:, k]) / (1 + h / 2)
    np.testing.assert_allclose(
        sc.solve(sde, 1.0, noise=W, method=theta_method(0.5)).x[:, -1], x, rtol=1e-13
    )


def test_a_drift_on_which_newton_fails_is_reported_not_hidden():
    # y = x + h (1 + y^2) + 0.1 dW has no solution for h = 1 and x = 1
    wild = sc.SDE(
        lambda t, x: 1.0 + x * x, lambda t, x: 0.1, drift_dx=lambda t, x: 2.0 * x, noise="additive"
    )
    with pytest.warns(RuntimeWarning, match=r"500 of 500 paths left the finite range"):
        sol = sc.solve(wild, 1.0, 1.0, n=1, paths=500, method="theta", rng=1)
    assert sol.nonfinite == 500


def test_the_exact_scheme_is_the_exact_path(rng_seed):
    for model, x0 in ((sc.models.gbm(0.3, 0.4), 1.0), (sc.models.ou(2.0, 0.5, 0.7), 0.2)):
        W = sc.brownian(1.0, 8, paths=300, rng=rng_seed)
        assert_same_bits(sc.solve(model, x0, noise=W, method="exact").x, model.exact(W, x0))


def test_lanes_and_arrays_would_disagree_if_the_noise_were_read_from_another_row(rng_seed):
    """The negative control of the first test: I10 in the place of dW."""
    sde, x0 = problem("number")
    sol = sc.solve(sde, x0, 0.4, n=6, paths=700, method="sriw1", rng=rng_seed)
    job = sol.job
    rows, _ = runner.run(
        on_arrays(
            dataclasses.replace(job, step=dataclasses.replace(job.step, drivers=("I10", "dW")))
        )
    )
    with must_reject("drivers swapped"):
        assert_same_bits(rows, sol.x)


@pytest.mark.parametrize("name", ["heun", "weak2", "sra1", "sriw1"])
def test_a_scheme_of_weak_order_two_evaluates_a_drift_that_moves_with_time_at_both_ends(name):
    """Without noise it is an ODE method of order 2: the error of x' = x cos 3t falls by 4.

    Taking all at t, it would by 2.
    """
    sde = sc.SDE(
        lambda t, x: x * np.cos(3 * t),
        lambda t, x: 0.0,
        noise="additive" if name == "sra1" else "diagonal",
        diffusion_dx=lambda t, x: 0.0,
    )
    error = [
        abs(
            sc.solve(sde, 1.0, 1.0, n=n, method=name, save="last", key=1).x[0, 0]
            - math.exp(math.sin(3.0) / 3.0)
        )
        for n in (1024, 2048)
    ]
    assert error[0] / error[1] == pytest.approx(4.0, rel=0.1)


def test_heun_takes_noise_that_moves_with_time_at_both_ends():
    W = sc.brownian(n=8, paths=3, key=1)
    sol = sc.solve(
        sc.SDE(lambda t, x: 0.0, lambda t, x: t * t, lam=0.5), 0.0, noise=W, method="heun"
    )
    ends = 0.5 * (W.t[:-1] ** 2 + W.t[1:] ** 2)
    np.testing.assert_allclose(
        sol.x[:, 1:], np.cumsum(ends * W.increments, axis=1), rtol=1e-13, atol=1e-15
    )


def test_theta_solves_where_the_first_pivot_vanishes():
    """1 - h M with M_00 = 1/h: elimination without pivots would divide by 0."""
    h, M = 0.25, np.array([[4.0, 1.0], [1.0, -1.0]])
    sde = sc.SDE(
        lambda t, x: (4.0 * x[0] + x[1], x[0] - x[1]),
        lambda t, x: (0.0, 0.0),
        drift_dx=lambda t, x: ((4.0, 1.0), (1.0, -1.0)),
    )
    sol = sc.solve(sde, (1.0, 2.0), 2 * h, n=2, method=theta_method(1.0), key=1)
    step = np.linalg.inv(np.eye(2) - h * M)
    np.testing.assert_allclose(
        sol.x[0, 1:], [step @ [1.0, 2.0], step @ step @ [1.0, 2.0]], rtol=1e-12
    )
