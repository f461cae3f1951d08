"""G12: for a deterministic g with g(T) = 0, -int g' W dt is Ito's integral of g dW.

Paley, Wiener and Zygmund defined int g dW by parts before there was a stochastic integral: for a
smooth g with g(0) = g(T) = 0 they set

    int g dW := -int g' W dt

whose right side is an ordinary integral along each path. If g(T) is not 0 then g(T) W_T is added.
On a grid with steps h_k let P be the right side by the trapezoid rule, and I Ito's sum:

    P = -sum_j c_j g'(t_j) W(t_j),   I = sum_k g(t_k) dW_k

where c_j is half the length of the steps that meet at t_j. Both are linear in the increments: since
W(t_j) is the sum of the dW_k with k < j,

    P = sum_k a_k dW_k,   a_k = -sum_{j>k} c_j g'(t_j)
    I = sum_k b_k dW_k,   b_k = g(t_k)

and the increments are independent with variances h_k:

    E P^2 = sum a_k^2 h_k,   E (P - I)^2 = sum (a_k - b_k)^2 h_k

These finite sums are the exact numbers. As the grid is refined a_k tends to
-int_{t_k}^T g' dt = g(t_k), so that P - I tends to 0 in mean square, and E P^2 to int g^2 dt.

For g = sin(pi t) on n equal steps h = 1/n they have a closed form. Let x = pi h. The sum of the
cosines from k + 1 to n, the last one halved, is -sin((k + 1/2) x)/(2 sin(x/2)), so that

    a_k = -h pi sum cos(pi t_j) = r sin(pi (t_k + h/2)),   r = (x/2)/sin(x/2)

Over a full half wave sin^2 and the product sin((k + 1/2) x) sin(k x) average to 1/2 and to
cos(x/2)/2, and therefore

    E P^2 = r^2/2,   E (P - I)^2 = (1 - 2 r cos(x/2) + r^2)/2

For n = 64 they are 0.5001004 and 0.0003012. The trapezoid rule places g in the middle of each step
and Ito's sum at its left end: a_k - b_k is about g'(t_k) h/2, and the distance E (P - I)^2 about
h^2/4 int g'^2 dt, here x^2/8. Its twin is h^2/12 int g'^2 dt = x^2/24 = 0.0001004, which is to
leading order the squared distance of P from int g dW itself: P is closer to the integral than to
the sum, because the middle of a step represents it better than its left end.

Source: R. E. A. C. Paley, N. Wiener and A. Zygmund, Math. Z. 37 (1933) 647; L. C. Evans, An
Introduction to Stochastic Differential Equations (2013), section 4.1.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.integrals.by_parts import paley_wiener_zygmund
from stochcalc.integrals.named_integrals import ito
from stochcalc.moments import Moments, take_root
from stochcalc.motion.brownian import brownian
from stochcalc.motion.partition import Partition
from stochcalc.motion.paths import BrownianPaths
from stochcalc.typing import Array, Axes

STEPS = 64
TIMES = Partition.uniform(1.0, STEPS).times


def g(t: float) -> float:
    """Return the integrand sin(pi t), which is 0 at both ends of [0, 1]."""
    return math.sin(math.pi * t)


def dg(t: float) -> float:
    """Return its derivative pi cos(pi t)."""
    return math.pi * math.cos(math.pi * t)


def trapezoid_weights(t: Array) -> Array:
    """Return c_j, half the length of the steps that meet at t_j."""
    half = 0.5 * np.diff(t)
    weights = np.zeros(len(t))
    weights[:-1] += half
    weights[1:] += half
    return weights


def weights_by_parts(t: Array) -> Array:
    """Return -c_j g'(t_j): the weight of W(t_j) in the integral by parts."""
    slopes: Array = np.array([dg(s) for s in t])
    return -trapezoid_weights(t) * slopes


def weights_of_sum(t: Array) -> Array:
    """Return g(t_k): the weight of dW_k in Ito's sum."""
    values: Array = np.array([g(s) for s in t[:-1]])
    return values


def exact_moments(t: Array) -> tuple[float, float]:
    """Return E P^2 and E (P - I)^2 on the grid t."""
    later = np.cumsum(weights_by_parts(t)[:0:-1])
    a = later[::-1]  # dW_k moves W at all later grid times
    b = weights_of_sum(t)
    steps = np.diff(t)
    return float((a * a) @ steps), float((a - b) ** 2 @ steps)


def distance_of_steps(n: Array) -> Array:
    """Return E (P - I)^2 on n equal steps in closed form, also for n that are not whole."""
    x = math.pi / n
    r = 0.5 * x / np.sin(0.5 * x)
    distance: Array = (1.0 - 2.0 * r * np.cos(0.5 * x) + r * r) / 2.0
    return distance


def observe_integrals(w: Array) -> tuple[Array, ...]:
    """Return P and P - I of each path."""
    parts = (w * weights_by_parts(TIMES)).sum(axis=1)
    sums = (np.diff(w, axis=1) * weights_of_sum(TIMES)).sum(axis=1)
    return parts, parts - sums


@claim(
    "G12",
    chapter="integrals",
    title=(
        "For deterministic g with g(T) = 0 the integral by parts, -int g' W dt, is Ito's integral"
    ),
    formula=r"-\int_0^T g'(t) \, W_t \, \mathrm{d}t = \int_0^T g \, \mathrm{d}W"
    r" \quad \text{if } g(T) = 0",
    sources=("paley1933", "evans2013"),
)
def by_parts(run: Run) -> Iterator[Row | str]:
    """Measure the variance of the integral by parts, and its distance from Ito's sum."""
    W = run.brownian(STEPS)
    moments = run.expectation(observe_integrals, W)
    variance, distance = exact_moments(TIMES)
    yield Row(
        statement=f"E (-int g' W dt)^2, g = sin(pi t), n = {STEPS}",
        exact=variance,
        measured=moments[0].mean_square(),
        twin=0.25,
        twin_statement="1/2 int g^2",
        limit=0.5,
    )
    yield Row(
        statement=f"E (-int g' W dt - sum g dW)^2, n = {STEPS}",
        exact=distance,
        measured=moments[1].mean_square(),
        twin=(math.pi / STEPS) ** 2 / 24,
        twin_statement="h^2/12 int g'^2 dt, the distance from int g dW",
        limit=0.0,
    )


@by_parts.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw both integrals of one path, and their distance by number of steps."""
    from stochcalc.plot import panels

    left, right = panels(
        ax, 2, "An area under the path or a sum of its increments: for deterministic g the same"
    )
    draw_both(left, run.brownian(STEPS, paths=1, store=True))
    draw_distances(right, run)
    return ax


def draw_both(ax: Axes, W: BrownianPaths) -> None:
    """Draw one path, the area below -g' W, and the terms g dW of Ito's sum."""
    from stochcalc.plot import FILL
    from stochcalc.plot.look import ink

    path = W.values[0]
    slopes = np.array([dg(s) for s in W.t])
    area = paley_wiener_zygmund(g, dg, W)[0]
    sums = ito(lambda t, w: math.sin(math.pi * t), W, running=True)[0]
    ax.axhline(0.0, color=ink(ax), lw=0.8)
    ax.plot(W.t, path, color=ink(ax), lw=1.4, label="one path W")
    label = f"−g′W, of area {area:+.3f}"
    ax.fill_between(W.t, -slopes * path, color=FILL, alpha=0.5, lw=0, label=label)
    label = f"g ΔW, of sum {sums[-1]:+.3f}"
    ax.bar(W.t[:-1], np.diff(sums), width=0.9 / STEPS, color="C1", label=label)
    ax.set(xlabel="time t", title="g = sin πt: area and sum of one path")
    ax.legend()


def draw_distances(ax: Axes, run: Run) -> None:
    """Draw the root mean square distance of the two against the number of steps."""
    from stochcalc.plot import curve, points

    sizes = 2 ** np.arange(2, 9)
    distances = []
    for i, n in enumerate(sizes):
        W = brownian(n=int(n), paths=10_000, store=False, key=run.derive_key(i))
        by_sums: Array = ito(lambda t, w: math.sin(math.pi * t), W)
        distances.append(
            take_root(Moments.of(paley_wiener_zygmund(g, dg, W) - by_sums).mean_square())
        )
    n_of_curve = np.geomspace(4, 256, 100)
    exact = np.sqrt(distance_of_steps(n_of_curve))
    twin = math.pi / n_of_curve / math.sqrt(24)
    points(ax, sizes, distances, "measured", 0)
    curve(ax, n_of_curve, exact, "exact, about h/2 (∫ g′² dt)$^{1/2}$", 0)
    curve(ax, n_of_curve, twin, "twin: h/√12 in the place of h/2", 1)
    ax.set(xscale="log", yscale="log", xlabel="number of steps n", title="RMS distance of the two")
    ax.legend(loc="lower left")
