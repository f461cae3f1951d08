"""Broken integrals: where a Riemann sum looks, its limit, and Ito's formula."""

from __future__ import annotations

import numpy as np
from broken import SIGMAS, Defect, assert_near
from evidence import assert_mean

import stochcalc as sc

STEPS = "integrals/riemann_steps.py"
LIMITS = "integrals/riemann_limits.py"


def path_itself(t, w):
    return w


def check_blend(seed):
    """Sums of W dW on [0, 1] that blend both ends with lambda = 1/4 have the mean 1/4."""
    W = sc.brownian(1.0, 8, paths=1 << 15, rng=seed)
    R = sc.riemann_sum(path_itself, W, 0.25, at="value")
    assert_mean(R, 0.25, sigmas=SIGMAS)


def check_right_end(seed):
    """Sums of t W dW that look at the right end of a step have the mean sum t_(k+1) dt."""
    W = sc.brownian(1.0, 4, paths=1 << 15, rng=seed)
    R = sc.riemann_sum(lambda t, w: t * w, W, 1.0)
    assert_mean(R, 0.625, sigmas=SIGMAS)


def check_error_of_the_midpoint(seed):
    """In the middle of each step, (R - W_T^2/2)^2 has the mean sum dt^2/4, which is 1/32."""
    W = sc.brownian(1.0, 8, paths=1 << 15, rng=seed)
    excess = sc.riemann_sum(path_itself, W, 0.5) - 0.5 * W.values[:, -1] ** 2
    assert_mean(excess**2, 1.0 / 32.0, sigmas=SIGMAS)


def check_inside_time(seed):
    """A sum that looks at 3/8 of every step takes the values that the path has there."""
    W = sc.brownian(1.0, 4, paths=300, rng=seed)
    inside = W.at(W.t[:-1] + 0.375 * np.diff(W.t))
    due = (inside * W.increments).sum(axis=1)
    assert_near(sc.riemann_sum(path_itself, W, 0.375), due, 1e-12)


def check_limit(seed):
    """The limits of the sums of W dW on [0, 1] have the means lambda."""
    W = sc.brownian(1.0, 16, paths=1 << 13, rng=seed)
    limits = [sc.riemann_limit(path_itself, W, lam) for lam in (0.0, 1.0)]
    assert_mean(np.stack(limits, axis=1), [0.0, 1.0], sigmas=SIGMAS)


def check_iterated_sums(seed):
    """The iterated integrals of orders 2 and 3 are martingales: their means are 0."""
    W = sc.brownian(1.0, 16, paths=1 << 13, rng=seed)
    assert_mean(sc.iterated_integrals(W, 3)[:, 1:], [0.0, 0.0], sigmas=SIGMAS)


def check_hermite(seed):
    """The integrals of orders 3 and 4 as polynomials of t and w, written out."""
    t = np.array([0.3, 1.0, 2.5])
    w = np.array([-1.2, 0.4, 3.0])
    assert_near(sc.hermite(3, t, w), (w**3 - 3 * t * w) / 6.0)
    assert_near(sc.hermite(4, t, w), (w**4 - 6 * t * w**2 + 3 * t**2) / 24.0)


def check_by_parts(seed):
    """The integral of 1 + t against dW has the variance sum g(middle of a step)^2 dt."""
    W = sc.brownian(1.0, 8, paths=1 << 13, rng=seed)
    found = sc.paley_wiener_zygmund(lambda t: 1.0 + t, lambda t: 1.0, W)
    middle = (np.arange(8) + 0.5) / 8.0
    assert_mean(found**2, float(((1.0 + middle) ** 2).mean()), sigmas=SIGMAS)


def check_ito_residual(seed):
    """What Ito's formula for w^2 leaves over, sum (dW^2 - dt), has the mean 0."""
    W = sc.brownian(1.0, 16, paths=1 << 13, rng=seed)
    found = sc.ito_residual(lambda w: w * w, lambda w: 2.0 * w, lambda w: 2.0 + 0.0 * w, W)
    assert_mean(found, 0.0, sigmas=SIGMAS)


def check_exponential(seed):
    """The exponential martingale has the mean 1 at every time."""
    W = sc.brownian(1.0, 4, paths=1 << 15, rng=seed)
    assert_mean(sc.exponential_martingale(W, 0.5)[:, 1:], np.ones(4), sigmas=SIGMAS)


DEFECTS = (
    Defect(
        name="lambda exchanged with 1 - lambda",
        what="A blend of both ends of a step weighs the left end with lambda.",
        file=STEPS,
        old="(1.0 - lam) * f(t, w) + lam * f(min(t + dt, T), after)",
        new="lam * f(t, w) + (1.0 - lam) * f(min(t + dt, T), after)",
        check=check_blend,
        by="law",
    ),
    Defect(
        name="lambda too large",
        what="The right end of a step weighs one tenth too much.",
        file=STEPS,
        old="(1.0 - lam) * f(t, w) + lam * f(min(t + dt, T), after)",
        new="(0.9 - lam) * f(t, w) + (0.1 + lam) * f(min(t + dt, T), after)",
        check=check_blend,
        by="law",
    ),
    Defect(
        name="right end of the value only",
        what="Sums with lambda = 1 take the path at the right end but the time at the left.",
        file=STEPS,
        old="return f(min(t + dt, args[1]), after)",
        new="return f(t, after)",
        check=check_right_end,
        by="law",
    ),
    Defect(
        name="middle of the value",
        what="Sums at the middle of the time take the middle of the two values instead.",
        file=STEPS,
        old="return f(t + lam * dt, left + rest * (right - left))",
        new="return f(t + lam * dt, 0.5 * (w + after))",
        check=check_error_of_the_midpoint,
        by="law",
    ),
    Defect(
        name="turns of the way inside a step",
        what="The way to a point inside a step turns left where it has to turn right.",
        file=STEPS,
        old="            if rightwards[level] > 0.0:\n",
        new="            if rightwards[level] <= 0.0:\n",
        check=check_inside_time,
        by="bits",
    ),
    Defect(
        name="node of the neighbouring step",
        what="The normals inside a step are those of the step after it.",
        file="engine/random/fills.py",
        old="node = np.int64(np.uint64((k + j) * TREE_SIZE) + ids[i])",
        new="node = np.int64(np.uint64((k + j + 1) * TREE_SIZE) + ids[i])",
        check=check_inside_time,
        by="bits",
    ),
    Defect(
        name="sign of the correction",
        what="The limit has (1/2 - lambda) T in the place of (lambda - 1/2) T.",
        file=LIMITS,
        old="s + (lam - 0.5) * slope_integral(",
        new="s + (0.5 - lam) * slope_integral(",
        check=check_limit,
        by="law",
    ),
    Defect(
        name="correction missing",
        what="The limit is W_T^2/2 for every lambda: (lambda - 1/2) T is left out.",
        file=LIMITS,
        old="s + (lam - 0.5) * slope_integral(",
        new="s + 0.0 * slope_integral(",
        check=check_limit,
        by="law",
    ),
    Defect(
        name="iterated sums look ahead",
        what="An iterated integral multiplies the sum after a step by its increment.",
        file="integrals/iterated.py",
        old="np.cumsum(sums[:, :-1] * steps,",
        new="np.cumsum(sums[:, 1:] * steps,",
        check=check_iterated_sums,
        by="law",
    ),
    Defect(
        name="sign in Hermite's recursion",
        what="The recursion of Hermite's polynomials adds t H_(k-2) instead of subtracting it.",
        file="integrals/iterated.py",
        old="(w * now - t * before) / k",
        new="(w * now + t * before) / k",
        check=check_hermite,
        by="bits",
        everyday=True,
    ),
    Defect(
        name="sign in integration by parts",
        what="Half of the integral of W dg is added instead of subtracted.",
        file="integrals/by_parts.py",
        old="weights[1:] -= half",
        new="weights[1:] += half",
        check=check_by_parts,
        by="law",
    ),
    Defect(
        name="one half in Ito's formula",
        what="The second derivative in Ito's formula is not halved.",
        file="integrals/ito_steps.py",
        old="r + f(w) * dW + 0.5 * df(w) * dt",
        new="r + f(w) * dW + df(w) * dt",
        check=check_ito_residual,
        by="law",
    ),
    Defect(
        name="Ito's correction in the exponential",
        what="The exponential martingale is exp(a W), without - a^2 t/2.",
        file="integrals/iterated.py",
        old="np.exp(a * w - 0.5 * a * a * t)",
        new="np.exp(a * w - 0.0 * t)",
        check=check_exponential,
        by="law",
    ),
)
