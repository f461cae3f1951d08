"""G14: Ito's sums of W dW are a martingale, and for lambda > 0 the sums drift.

Let I_t be Ito's sum of W dW up to a grid time t. For s < T

    I_T - I_s = sum_{s <= t_k < T} W(t_k) dW_k

Given the path up to t_k, and so W(t_k), the increment dW_k has mean 0. Each term therefore has
conditional mean 0 given the path up to s:

    E [I_T | path up to s] = I_s

which says that I is a martingale. The same argument serves for every integrand G that is known at
t_k and has E int G^2 dt finite. If int G^2 dt is finite on each path only, the integral is a local
martingale, and its mean may be lost.

Regression. Since E [I_T | I_s] = I_s, the regression of I_T on I_s has intercept 0 and slope

    E I_T I_s/E I_s^2 = 1 + E (I_T - I_s) I_s/E I_s^2 = 1

A regression sees the linear part of E [I_T | I_s] only: a conditional mean that deviates from I_s
and is uncorrelated with it would pass. A martingale has E (I_T - I_s) f(I_s) = 0 for every bounded
f, and with f the sign

    E (I_T - I_s) sgn(I_s) = 0

Its twin is what the sums S at lambda = 1/2 have in the place of I_T - I_s. Their increment has the
conditional mean (T - s)/2, so that it is (T - s)/2 E sgn(I_s). Let m steps lead to s, with
increments sqrt(h) z_k. Then I_s = (W_s^2 - sum dW_k^2)/2 is negative if and only if m cos^2 < 1 for
the angle between z and (1, ..., 1), and the square of that cosine has the beta law with the
parameters 1/2 and (m - 1)/2. With its distribution function B

    E sgn(I_s) = 1 - 2 P(I_s < 0) = 1 - 2 B(1/m)

which is -0.2987667 at m = 8, and so the twin is -0.0746917.

Drift. With the values blended at lambda, a term is (W(t_k) + lambda dW_k) dW_k, of mean lambda
h on a step of length h. The sums S_t then have

    E (S_T - S_s) = lambda (T - s)

which is 1/4 for lambda = 1/2, s = 1/2 and T = 1. Of the sums of W dW only those with lambda = 0 are
a martingale. The sums of g(tau_k) dW_k with a deterministic g are
martingales for every lambda, and have one limit (claim G11).

Source: K. Ito, Proc. Imp. Acad. Tokyo 20 (1944) 519; L. C. Evans, An Introduction to Stochastic
Differential Equations (2013), section 4.2; I. Karatzas and S. E. Shreve, Brownian Motion and
Stochastic Calculus (2nd ed. 1991), section 3.2 (local martingales).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.special import betainc

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.estimate import Estimate
from stochcalc.typing import Array, Axes

STEPS = 16


def sum_halves(w: Array, lam: float) -> tuple[Array, Array]:
    """Return the sums of w dw, values blended at lambda, up to s = 1/2 and from there to T = 1."""
    dw = np.diff(w, axis=1)
    terms = (w[:, :-1] + lam * dw) * dw
    middle = terms.shape[1] // 2
    return terms[:, :middle].sum(axis=1), terms[:, middle:].sum(axis=1)


def observe_halves(w: Array) -> tuple[Array, ...]:
    """Return (I_T - I_s) I_s, (I_T - I_s) sgn(I_s), I_s^2, I_T - I_s, and S_T - S_s.

    S are the sums at lambda = 1/2.
    """
    before, after = sum_halves(w, 0.0)
    _, drifting = sum_halves(w, 0.5)
    return after * before, after * np.sign(before), before * before, after, drifting


def mean_sign(m: int) -> float:
    """Return E sgn(I_s) if m steps lead to s.

    Examples
    --------
    >>> round(mean_sign(8), 7), round(mean_sign(8) / 4, 7)
    (-0.2987667, -0.0746917)
    """
    return 1.0 - 2.0 * float(betainc(0.5, (m - 1) / 2, 1 / m))


@claim(
    "G14",
    chapter="integrals",
    title="Ito's sums of W dW are a martingale: E [I_T | I_s] = I_s; for lambda > 0 the sums drift",
    formula=r"E \Bigl[ \int_0^T W \, \mathrm{d}W \Bigm| W_r, \, r \le s \Bigr]"
    r" = \int_0^s W \, \mathrm{d}W",
    sources=("ito1944", "evans2013", "karatzasshreve1991"),
)
def martingale(run: Run) -> Iterator[Row | str]:
    """Measure I_T given I_s at s = 1/2, and the drift at lambda = 0 and 1/2."""
    W = run.brownian(STEPS)
    moments = run.expectation(observe_halves, W)
    product = moments[0]
    signed = moments[1]
    square = moments[2]
    # At slope 1 the mean of the product is 0, and the error of the denominator does not count.
    slope = Estimate.normal(1 + product.mean / square.mean, product.stderr / square.mean)
    yield Row(
        statement="slope of I_T on I_s, s = 1/2",
        exact=1.0,
        measured=slope,
        twin=0.5,
        twin_statement="s/T",
        limit=1.0,
    )
    yield Row(
        statement="E (I_T - I_s) sgn(I_s)",
        exact=0.0,
        measured=signed.estimate(),
        twin=mean_sign(STEPS // 2) / 4,
        twin_statement="(T - s)/2 E sgn(I_s), as for Stratonovich's sums",
        limit=0.0,
    )
    yield Row(
        statement="E (I_T - I_s)",
        exact=0.0,
        measured=moments[3].estimate(),
        twin=0.25,
        twin_statement="(T - s)/2, Stratonovich's drift",
        limit=0.0,
    )
    yield Row(
        statement="E (S_T - S_s), lambda = 1/2",
        exact=0.25,
        measured=moments[4].estimate(),
        twin=0.0,
        twin_statement="0: a martingale for every lambda",
        limit=0.25,
    )


@martingale.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw the mean of the sum at T given the sum at s, by deciles, for lambda = 0 and 1/2."""
    from stochcalc.plot import curve, points

    W = run.brownian(STEPS, paths=50_000, store=True)
    shown = ((0.0, "slope 1, intercept 0"), (0.5, "slope 1, intercept λ (T − s)"))
    for i, (lam, label) in enumerate(shown):
        before, after = sum_halves(W.values, lam)
        deciles = np.array_split(np.argsort(before), 10)
        places = np.array([before[rows].mean() for rows in deciles])
        means = [Estimate.mean(before[rows] + after[rows]) for rows in deciles]
        points(ax, places, means, f"λ = {lam:g}: means by decile", i)
        curve(ax, places, places + lam / 2, label, i)
    ax.set(
        xlabel="I$_s$, the sum up to s = 1/2",
        ylabel="E [I$_T$ given I$_s$], T = 1",
        title="Of the sums of W dW, Ito's are a martingale and Stratonovich's are not",
    )
    ax.legend()
    return ax
