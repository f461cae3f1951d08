"""G57: lines from data to noise are straight, the flow of their mean velocity is not.

Let x_t = m x_0 + sigma z move from data x_0 at t = 0 to noise z at t = 1, each pair with the
velocity m' x_0 + sigma' z. Flow matching learns the mean of these velocities given x_t = x, which
is known from the score s_t of x_t and the other way round: with E[z | x] = -sigma s_t(x) and
m E[x_0 | x] = x + sigma^2 s_t(x)

    v(x, t) = (m'/m) x + (m' sigma^2/m - sigma sigma') s_t(x)

which is the probability flow with rate = -m'/m and g^2 = 2 (sigma sigma' - m' sigma^2/m). On
straight lines, m = 1 - t and sigma = t, it is -(x + t s_t(x))/(1 - t).

For independent data N(0, v) and noise N(0, 1) all is linear. With S = (1 - t)^2 v + t^2

    v(x, t) = c x,    c = S'/(2 S) = (t - (1 - t) v)/S

and the flow keeps x/sqrt(S): its lines are hyperbolas, although every pair goes straight. Euler's
step from t to s multiplies by 1 - (t - s) c, and Heun's by 1 - (t - s) (c + c_s (1 - (t - s) c))/2.
The exact numbers are products of these, from the variance T^2 at T = 0.999. A single Euler step
from t = 1 goes to z - v(z, 1) = E[x_0 | z], which is the mean of the data whatever z: the variance
is 0. So paths that are straight do not make one step enough. With four Euler steps N(0, 4) comes
out with the variance 1.8589.

The loss (1/2) E |v(x_t, t) - (z - x_0)|^2 is least at the conditional mean. What is left is half
the variance of z - x_0 given x_t, v/(2 S), and another velocity c' x has (c' - c)^2 S/2 more. At
t = 1/2 and for v = 4 the least loss is 8/5. The straight lines that join each z with its own
sqrt(v) z have c' = (1 - sqrt(v))/(sqrt(v) (1 - t) + t): their loss is 16/9.

How far one step goes depends on the pairs. Let z and x_0 have the correlation r. Then E[x_0 | z] =
r sqrt(v) z, and one step from t = 1 ends with the variance r^2 v: with nothing for independent
pairs, with everything for r = 1, where no lines cross. Let c be fitted to k pairs at t = 1 by least
squares, as sum z (z - x_0)/sum z^2. It has the mean 1 - r sqrt(v), and by E 1/chi_k^2 = 1/(k - 2)
the variance v (1 - r^2)/(k - 2). So a step of a fresh z by what was learned has

    E x^2 = r^2 v + v (1 - r^2)/(k - 2)

*Reflow* makes r = 1: it takes the ends x_0 of a flow as the partners of the z that they came from,
and learns the velocity again. One step is then enough to give what the teacher gave, with the
errors of the teacher: after four Euler steps, 1.8589 and not 4.

Source: Lipman, Chen, Ben-Hamu, Nickel and Le, ICLR 2023, section 3; Albergo and Vanden-Eijnden,
ICLR 2023, section 2; Liu, Gong and Liu, ICLR 2023, section 2, for reflow.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.estimate import Estimate
from stochcalc.score import (
    GaussianMixture,
    Straight,
    flow_matching_loss,
    flow_velocity,
    probability_flow,
)
from stochcalc.typing import Array, Axes

VARIANCE = 4.0
DATA = GaussianMixture([1.0], [[0.0]], VARIANCE)
NOISING = Straight()
END = NOISING.T
PAIRS = 16  # from which a velocity is learned
CORRELATION = 0.8
MIDDLE = 0.5


def spread(t: float) -> float:
    """Return S, the variance of x_t."""
    return (1.0 - t) ** 2 * VARIANCE + t**2


def slope(t: float) -> float:
    """Return c, where the velocity is c x."""
    return (t - (1.0 - t) * VARIANCE) / spread(t)


def after_steps(n: int, start: float, *, heun: bool = False) -> float:
    """Return the variance at 0 after n equal steps from the variance `start` at T."""
    variance = start
    h = END / n
    for k in range(n):
        t = END * (n - k) / n
        c = slope(t)
        factor = 1.0 - h * c
        if heun:
            factor = 1.0 - 0.5 * h * (c + slope(t - h) * factor)
        variance *= factor**2
    return variance


def least_loss(t: float) -> float:
    """Return the loss of the conditional mean."""
    return 0.5 * VARIANCE / spread(t)


def uncrossed(t: float) -> float:
    """Return c' of the lines that join z with sqrt(v) z."""
    deviation = math.sqrt(VARIANCE)
    return (1.0 - deviation) / (deviation * (1.0 - t) + t)


def loss_of(c: float, t: float) -> float:
    """Return the loss of the velocity c x."""
    return least_loss(t) + 0.5 * (c - slope(t)) ** 2 * spread(t)


def one_step(r: float, pairs: int = PAIRS) -> float:
    """Return the variance after a step of the velocity that is learned from pairs."""
    return VARIANCE * (r**2 + (1.0 - r**2) / (pairs - 2))


def take_learned_step(z: Array, x_0: Array, fresh: Array) -> Array:
    """Return fresh - c fresh, with c fitted to the pairs in each row of z and x_0, (rows, k)."""
    c = (z * (z - x_0)).sum(axis=1) / (z * z).sum(axis=1)
    ends: Array = fresh - c * fresh
    return ends


@claim(
    "G57",
    chapter="score",
    title="Lines from data to noise are straight, the flow of their mean velocity is not",
    formula=r"v(x, t) = E[m' x_0 + \sigma' z \mid x_t = x] = \frac{m'}{m} x"
    r" + \left( \frac{m'}{m} \sigma^2 - \sigma \sigma' \right) s_t(x)",
    sources=("lipman2023", "albergo2023", "liu2023"),
)
def flow_matching(run: Run) -> Iterator[Row | str]:
    """Measure the flow by few steps, two losses, and single steps of learned velocities."""
    points = max(512, run.paths // 4)
    straight = "that of the data: paths are straight"
    for part, (method, n, twin, twin_statement) in enumerate(
        (
            ("euler", 1, VARIANCE, straight),
            ("euler", 4, VARIANCE, straight),
            ("heun", 2, after_steps(4, END**2), "Euler's with as many scores"),
        )
    ):
        start = NOISING.prior(points, 1, rng=run.derive_key(part))
        ends = probability_flow(DATA, NOISING, start, method=method, n=n)
        yield Row(
            statement=f"E x^2, {method.capitalize()}, n = {n}",
            exact=after_steps(n, END**2, heun=method == "heun"),
            measured=Estimate.mean(ends[:, 0] ** 2),
            twin=twin,
            twin_statement=twin_statement,
            paths=points,
            limit=VARIANCE * END**2 / spread(END),
        )
    yield from rows_of_losses(run)
    yield from rows_of_pairs(run)


def rows_of_losses(run: Run) -> Iterator[Row]:
    """Measure the loss of the conditional mean and that of lines that do not cross."""
    data = DATA.sample(run.paths, rng=run.derive_key(3))
    c = uncrossed(MIDDLE)
    for part, (velocity, name, exact, twin, twin_statement) in enumerate(
        (
            (
                flow_velocity(DATA, NOISING),
                "the mean velocity",
                least_loss(MIDDLE),
                0.0,
                "none: the true velocity makes no error",
            ),
            (
                lambda x, t: c * x,
                "lines that do not cross",
                loss_of(c, MIDDLE),
                least_loss(MIDDLE),
                "the least: both flows carry noise to the data",
            ),
        )
    ):
        yield Row(
            statement=f"loss at t = 1/2, {name}",
            exact=exact,
            measured=flow_matching_loss(
                velocity, data, NOISING, MIDDLE, rng=run.derive_key(4 + part)
            ),
            twin=twin,
            twin_statement=twin_statement,
        )


def rows_of_pairs(run: Run) -> Iterator[Row]:
    """Measure single steps of velocities that are learned from pairs."""
    rows = max(512, run.paths // 8)
    for part, (r, name) in enumerate(((0.0, "independent"), (CORRELATION, "correlated"))):
        z, x_0, fresh = draw_pairs(run, r, rows, 6 + part)
        ends = take_learned_step(z, x_0, fresh)
        yield Row(
            statement=f"E x^2, one step learned from {PAIRS} {name} pairs",
            exact=one_step(r),
            measured=Estimate.mean(ends**2),
            twin=VARIANCE,
            twin_statement="that of the data: paths are straight",
            paths=rows,
        )
    z, _, fresh = draw_pairs(run, 0.0, rows, 8)
    teacher = probability_flow(DATA, NOISING, END * z[:, :2].reshape(-1, 1), method="euler", n=4)
    ends = take_learned_step(z[:, :2], teacher.reshape(-1, 2), fresh)
    yield Row(
        statement="E x^2, one step after reflow of Euler, n = 4",
        exact=after_steps(4, END**2),
        measured=Estimate.mean(ends**2),
        twin=VARIANCE,
        twin_statement="that of the data: reflow straightens, so it corrects",
        paths=rows,
    )


def draw_pairs(run: Run, r: float, rows: int, part: int) -> tuple[Array, Array, Array]:
    """Draw rows of pairs (z, x_0) with the correlation r, and a fresh z for each row."""
    generator = np.random.default_rng(run.derive_key(part))
    z = generator.standard_normal((rows, PAIRS))
    other = generator.standard_normal((rows, PAIRS))
    x_0 = math.sqrt(VARIANCE) * (r * z + math.sqrt(1.0 - r * r) * other)
    return z, x_0, generator.standard_normal(rows)


@flow_matching.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw pairs and flow lines, and the variance by the number of steps."""
    from stochcalc.plot import panels

    first, second = panels(ax, 2, "Pairs go straight, the flow of their mean velocity does not")
    draw_lines(first, run)
    draw_steps(second, run)
    return ax


def draw_lines(ax: Axes, run: Run) -> None:
    """Draw lines of pairs, and three lines of the flow."""
    from stochcalc.plot import curve

    z, x_0, _ = draw_pairs(run, 0.0, 2, 20)
    for i, (start, end) in enumerate(zip(x_0.ravel(), z.ravel(), strict=True)):
        name = "pairs" if i == 0 else None
        ax.plot([0.0, 1.0], [start, end], color="0.6", linewidth=0.8, label=name, zorder=1)
    times = np.linspace(0.0, 1.0, 101)
    for at_noise in (-1.5, -0.5, 0.5, 1.5):
        line = at_noise * np.sqrt((1.0 - times) ** 2 * VARIANCE + times**2)
        curve(ax, times, line, "the flow" if at_noise == 1.5 else "", 0)
    coarse = END * (1.0 - np.arange(5) / 4)
    factors = [1.0 - (t - s) * slope(float(t)) for t, s in pairwise(coarse)]
    for at_noise in (-1.5, 1.5):
        line = at_noise * np.cumprod([1.0, *factors])
        curve(ax, coarse, line, "Euler, n = 4" if at_noise == 1.5 else "", 1)
    ax.set(xlabel="t: from data to noise", ylabel="x", ylim=(-5.5, 7.5))
    ax.legend(loc="upper right")


def draw_steps(ax: Axes, run: Run) -> None:
    """Draw the variance by the number of scores, with measurements."""
    from stochcalc.plot import curve, limit_line, points, tell_points_from_lines, tick_steps

    between = np.arange(1, 65)
    for i, (method, stages) in enumerate((("euler", 1), ("heun", 2))):
        found = {}
        for n in (1, 2, 4, 8, 16, 32):
            start = NOISING.prior(20_000, 1, rng=run.derive_key(30 + 10 * n + i))
            ends = probability_flow(DATA, NOISING, start, method=method, n=n)
            found[n * stages] = Estimate.mean(ends[:, 0] ** 2)
        points(ax, list(found), list(found.values()), "", i)
        laws = [after_steps(int(n), END**2, heun=stages == 2) for n in between]
        curve(ax, stages * between, laws, method.capitalize(), i)
    limit_line(ax, VARIANCE, "the data")
    tell_points_from_lines(ax)
    ax.set(xscale="log", xlim=(0.9, 70.0), ylim=(-0.2, 4.6), xlabel="scores", ylabel="E x$^2$")
    tick_steps(ax.xaxis, (1, 2, 4, 8, 16, 32, 64))
    ax.legend(loc="lower right")
