"""G30: noise runs backwards: the reverse equation and the flow of an exact score give data back.

A noising turns data x_0 into x_t = m(t) x_0 + sigma(t) z, by dx = -rate x dt + g dW. If s_t is the
score of the law p_t of x_t, then with time running from T to 0

    dx = [-rate x - g^2 s_t(x)] dt + g dV      the reverse-time equation (Anderson)
    dx/dt = -rate x - (1/2) g^2 s_t(x)         the probability flow

have the same laws p_t, if they start from p_T; V is a Brownian motion of the reversed time. The
target is the two-Gaussian toy of G29 in the plane, with the weights 0.8 and 0.2, whose score is
known; the noisings are VE (rate = 0 and m = 1) and VP (rate = beta/2, g^2 = beta and m^2 + sigma^2
= 1).

The reverse equation is solved by Euler's scheme in n steps of length h. Along u = (x + y)/sqrt(2)
that is a chain on the line, because the modes lie on this axis and the components are round and
equally wide:

    u <- (1 + rate h) u + g^2 h s_t(u) + g sqrt(h) z,    s_t(u) = s(u/m, sigma/m)/m

with s(., sigma) the score of the toy on the axis, smoothed by sigma. Its law after n steps follows
by quadrature (`claims.chain_law`), and so do the weight P(u > 0) and E u^2 that n steps leave.

The flow has no error but that of its start and of its integrator. In one dimension it is monotone
and maps quantiles to quantiles. From p_T it ends with the data's own weight. From N(0, sigma_T^2)
instead of p_T it keeps for ever

    P(u > 0) = P(sigma_T z > q),    F_T(q) = F_0(0)

where F_t is the distribution function of u at time t: the point q is the one that the flow carries
to 0. Under VE the time 0 still has the noise sigma_min.

The flow carries a density as well. Along it log p_t(x_t) changes by minus the divergence of the
velocity, so that every data point gets its log p, and

    E log p(X) = int p log p = minus the entropy

Across the axis p is normal with variance 1 + sigma_min^2, of entropy (1/2) ln (2 pi e (1 +
sigma_min^2)); along it int p ln p is an integral on the line.

Source: Anderson, Stoch. Process. Appl. 12 (1982) 313; Song, Sohl-Dickstein, Kingma, Kumar, Ermon
and Poole, ICLR 2021, sections 3 and 4.3, appendix D.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

from stochcalc.claims.chain_law import (
    after_reversal,
    distribution,
    exploding_schedule,
    preserving_schedule,
)
from stochcalc.claims.claim import Row, Run, claim
from stochcalc.claims.reversal_pictures import draw_flow, draw_paths
from stochcalc.claims.theorems.g29_annealed import toy
from stochcalc.estimate import Estimate
from stochcalc.score import VE, VP, Noising, log_likelihood, probability_flow, reverse_sde
from stochcalc.typing import Array, Axes

PLANE, AXIS = toy(1.0)
EXPLODING = VE(0.1, 20.0)
PRESERVING = VP()
SHORT = VE(0.1, 4.0)  # whose start is far from N(0, sigma_T^2)
STEPS = 10
DATA_SQUARE = 51.0  # E u^2 of the data: 50 + 1


@functools.cache
def exact_exploding(n: int) -> tuple[float, float]:
    """Return P(u > 0) and E u^2 after n steps of Euler's scheme backwards under VE."""
    return after_reversal(AXIS, exploding_schedule(EXPLODING, n))


@functools.cache
def exact_preserving(n: int) -> tuple[float, float]:
    """Return P(u > 0) and E u^2 after n steps of Euler's scheme backwards under VP."""
    return after_reversal(AXIS, preserving_schedule(PRESERVING, n))


def own_weight(noising: Noising) -> float:
    """Return P(u > 0) of the flow from the law at T: that of the target with the noise of t = 0."""
    return 1.0 - distribution(AXIS, 0.0, 1.0, noising.sigma(0.0))


def kept_weight(noising: Noising) -> float:
    """Return P(u > 0) of the flow from N(0, sigma_T^2)."""
    m = noising.mean_factor(noising.T)
    sigma = noising.sigma(noising.T)
    below = distribution(AXIS, 0.0, 1.0, noising.sigma(0.0))
    q = brentq(lambda u: distribution(AXIS, u, m, sigma) - below, -50.0, 50.0)
    return float(ndtr(-q / sigma))


def entropy(sigma: float) -> float:
    """Return -int p log p of the toy smoothed by sigma: along its axis, plus across it."""
    u = np.linspace(-30.0, 30.0, 20_001)
    log_p = AXIS.log_density(u[:, None], sigma)
    along = -float(np.trapezoid(np.exp(log_p) * log_p, u))
    across = 0.5 * math.log(2.0 * math.pi * math.e * (1.0 + sigma**2))
    return along + across


def along_axis(x: Array) -> Array:
    """Return u = (x + y)/sqrt(2) of points of the plane."""
    u: Array = x.sum(axis=1) / math.sqrt(2.0)
    return u


def measure_weight(u: Array) -> Estimate:
    """Return the share of points with u > 0."""
    return Estimate.mean((u > 0).astype(float))


def draw_noised(run: Run, noising: Noising, points: int) -> Array:
    """Draw points of the target's own law at time T."""
    data = PLANE.sample(points, rng=run.derive_key(1))
    return noising.noised(data, noising.T, rng=run.derive_key(2))


def reverse(run: Run, noising: Noising, n: int, points: int) -> Array:
    """Return u after n steps of Euler's scheme backwards, from the law at T."""
    x = draw_noised(run, noising, points)
    return along_axis(reverse_sde(PLANE, noising, x, n=n, key=run.key, **run.options))


@claim(
    "G30",
    chapter="score",
    title=(
        "The reverse-time equation and the probability flow give back the data, up to a"
        " bias that is known"
    ),
    decisive_paths=1_000_000,
    formula=r"\mathrm{d}x = \bigl[-r \, x - g^2 \, \nabla \log p_t(x)\bigr] \, \mathrm{d}t"
    r" + g \, \mathrm{d}V, \qquad"
    r" \frac{\mathrm{d}x}{\mathrm{d}t} = -r \, x - \frac12 g^2 \, \nabla \log p_t(x)",
    sources=("anderson1982", "song2021"),
)
def reversal(run: Run) -> Iterator[Row | str]:
    """Measure weights and a second moment by Euler's scheme, and weights and log p by the flow."""
    points = max(512, run.paths // 4)
    few = max(256, run.paths // 40)
    yield from rows_of_euler(run, points)
    yield from rows_of_flow(run, few)
    yield likelihood_row(run, few)


def rows_of_euler(run: Run, points: int) -> Iterator[Row]:
    """Measure what ten steps of Euler's scheme leave of the weights, and of E u^2 under VP."""
    weight, _ = exact_exploding(STEPS)
    yield Row(
        statement=f"P(u > 0), reverse VE by Euler, n = {STEPS}",
        exact=weight,
        measured=measure_weight(reverse(run, EXPLODING, STEPS, points)),
        twin=0.8,
        twin_statement="0.8, the target's weight",
        paths=points,
        limit=0.8,
    )
    weight, second = exact_preserving(STEPS)
    u = reverse(run, PRESERVING, STEPS, points)
    yield Row(
        statement=f"P(u > 0), reverse VP by Euler, n = {STEPS}",
        exact=weight,
        measured=measure_weight(u),
        twin=0.8,
        twin_statement="0.8, the target's weight",
        paths=points,
        limit=0.8,
    )
    yield Row(
        statement=f"E u^2, reverse VP by Euler, n = {STEPS}",
        exact=second,
        measured=Estimate.mean(u * u),
        twin=DATA_SQUARE,
        twin_statement="the target's",
        paths=points,
        limit=DATA_SQUARE,
    )


def rows_of_flow(run: Run, points: int) -> Iterator[Row]:
    """Measure the weight that the flow ends with, from the law at T and from a Gaussian."""
    own_start = draw_noised(run, SHORT, points)
    gaussian_start = SHORT.prior(points, 2, rng=run.derive_key(3))
    yield Row(
        statement="P(u > 0), flow from the law at T",
        exact=own_weight(SHORT),
        measured=measure_weight(flow(own_start)),
        twin=kept_weight(SHORT),
        twin_statement="that from a Gaussian",
        paths=points,
        limit=0.8,
    )
    yield Row(
        statement=f"P(u > 0), flow from N(0, sigma_T^2), sigma_T = {SHORT.sigma_max:g}",
        exact=kept_weight(SHORT),
        measured=measure_weight(flow(gaussian_start)),
        twin=0.8,
        twin_statement="0.8: the flow forgets its start",
        paths=points,
        limit=kept_weight(SHORT),
    )


def flow(x: Array) -> Array:
    """Return u at the end of the flow from x."""
    return along_axis(probability_flow(PLANE, SHORT, x, rtol=1e-4, atol=1e-4))


def likelihood_row(run: Run, points: int) -> Row:
    """Measure the mean of log p over data, with log p by the flow."""
    next_key = (run.key + 1) % 2**64
    data = SHORT.noised(PLANE.sample(points, rng=run.key), 0.0, rng=next_key)
    log_p = log_likelihood(PLANE, SHORT, data, rtol=1e-5, atol=1e-5)
    exact = -entropy(SHORT.sigma(0.0))
    choice = -float(AXIS.weights @ np.log(AXIS.weights))  # the entropy of choosing a component
    return Row(
        statement="E log p(X) by the flow",
        exact=exact,
        measured=Estimate.mean(log_p),
        twin=choice + exact,
        twin_statement="that of one Gaussian, without the choice between two",
        paths=points,
    )


@reversal.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw the laws on the way back, with paths and with the flow, and Euler's weights."""
    from stochcalc.plot import panels

    title = "Noise runs backwards into data, with noise or without, and Euler's weight tends to 0.8"
    first, second, third = panels(ax, 3, title)
    draw_paths(first, AXIS, PRESERVING, run.derive_key(4))
    first.set_title("the reverse-time equation (VP)")
    draw_flow(second, AXIS, PRESERVING)
    second.set_title("the probability flow: no two paths cross")
    draw_weights(third, run)
    return ax


def draw_weights(ax: Axes, run: Run) -> None:
    """Draw the weight that n steps of Euler's scheme leave, against n."""
    from stochcalc.plot import curve, limit_line, points
    from stochcalc.plot.look import ink

    steps = (8, 12, 20, 40)
    between = (8, 9, 10, 11, 12, 14, 16, 18, 20, 24, 29, 34, 40)
    cases = (("VE", EXPLODING, exact_exploding), ("VP", PRESERVING, exact_preserving))
    for i, (label, noising, exact_law) in enumerate(cases):
        measured = [measure_weight(reverse(run, noising, n, 20_000)) for n in steps]
        points(ax, steps, measured, label, i)
        curve(ax, between, [exact_law(n)[0] for n in between], "", i)
    limit_line(ax, 0.8, "the target's weight")
    ax.plot([], [], color=ink(ax), lw=1.5, label="lines: exact")
    ax.set(
        xscale="log",
        xlabel="steps n",
        ylabel="P(x + y > 0)",
        title="the weight by Euler's scheme",
        xticks=steps,
        xticklabels=map(str, steps),
    )
    ax.minorticks_off()
    ax.legend()
