"""Studies of integrals know the limit from the integrand alone, of time or of time and path."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from evidence import assert_mean, assert_order, must_reject, sample_size

import stochcalc as sc


def squares(study, name):
    """Return the mean squares of a study, over all its paths."""
    error = study.error[name]
    return SimpleNamespace(mean=error**2, stderr=2 * error * study.stderr[name], count=study.paths)


@pytest.mark.parametrize("at", ["time", "value"])
def test_sums_of_time_alone_converge_with_order_one_at_every_level(rng_seed, at):
    """The sum of tau_k dW_k is off by normals of variance (1/3 - lam + lam^2) dt^3 each."""
    T = 2.0
    study = sc.integral_convergence(
        lambda t, w: t,
        T,
        lam=(0.0, 0.25, 0.5),
        at=at,
        levels=range(1, 6),
        paths=sample_size(40_000),
        rng=rng_seed,
    )
    for lam, name in zip((0.0, 0.25, 0.5), study.error):
        exact = (1 / 3 - lam + lam**2) * T * study.dt**2
        assert_mean(squares(study, name), exact, sigmas=6.5, detects=0.1 * exact)
        assert_order(study.order[name], 1.0)
    with must_reject("a limit that ends at the grid times"):
        assert_mean(squares(study, "lambda = 0"), T * study.dt**2 / 4)


def test_sums_of_time_and_path_have_their_exact_errors(rng_seed):
    """The mean square error of Ito's sums is sum int E (f(s, W_s) - f(t_k, W_k))^2 ds."""
    options = {"lam": 0.0, "levels": range(5, 8), "paths": sample_size(40_000)}
    for label, f, step in (
        ("t w", lambda t, w: t * w, lambda a, h: _product_error(a, h)),
        ("martingale", lambda t, w: np.exp(w / 2 - t / 8), lambda a, h: _martingale_error(a, h)),
    ):
        study = sc.integral_convergence(f, rng=rng_seed ^ len(label), **options)
        exact = np.array([sum(step(k * h, h) for k in range(round(1 / h))) for h in study.dt])
        # what the limit leaves out of a step is smaller by the factor dt
        assert_mean(
            squares(study, "lambda = 0"),
            exact,
            sigmas=6.5,
            exact_stderr=study.dt * exact / 10,
            detects=0.4 * exact,
        )
        with must_reject("twice the error"):
            assert_mean(squares(study, "lambda = 0"), 2 * exact)


def _product_error(a: float, h: float) -> float:
    """int_a^(a+h) (s^3 - 2 s a^2 + a^3) ds: E (s W_s - a W_a)^2 over a step."""
    b = a + h
    return (b**4 - a**4) / 4 - a**2 * (b**2 - a**2) + a**3 * h


def _martingale_error(a: float, h: float) -> float:
    """int_a^(a+h) (e^(s/4) - e^(a/4)) ds: E (M_s - M_a)^2 over a step, M = e^(W/2 - t/8)."""
    return float(np.exp(a / 4) * (4 * np.expm1(h / 4) - h))
