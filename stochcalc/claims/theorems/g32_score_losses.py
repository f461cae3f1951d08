"""G32: four losses have one minimiser, the score, and differ by constants that are known.

A score s is learned by making a loss small. Let x have the density p, and let J be half the mean
square distance from its score,

    J = (1/2) E |s(x) - grad log p(x)|^2

which is the explicit loss. It cannot be computed without the answer. The implicit loss can:

    I = E [|s(x)|^2/2 + tr grad s(x)]

Take p = N(0, v) on the line and the model s(x) = -a x. The score is -x/v, and

    J = (v/2) (a - 1/v)^2 = a^2 v/2 - a + 1/(2 v)
    I = a^2 v/2 - a

so that J - I = 1/(2 v) for every a. Both are least at a = 1/v. Without the trace the loss is
a^2 v/2, which is least at a = 0: the cheapest score is none.

The denoising loss adds noise to the data, y = x + sigma z, and asks the model for the noise:

    D = (1/2) E (s(y) + z/sigma)^2 = (1/2) E (z/sigma - a (x + sigma z))^2
      = (1/2) (1/sigma^2 - 2 a + a^2 (v + sigma^2))

since E z (x + sigma z) = sigma. The smoothed density is N(0, v + sigma^2), and the explicit loss
with respect to that is

    J_sigma = (1/2) (a^2 (v + sigma^2) - 2 a + 1/(v + sigma^2))
    D - J_sigma = (1/2) (1/sigma^2 - 1/(v + sigma^2))

again for every a. Its least a is 1/(v + sigma^2), the score of the smoothed data and not of the
data, which would be 1/v.

A loss is a parabola in a. So it is least at a_0 if and only if its values at a_0 + d and a_0 - d
are equal: their difference is the number that is measured here. For another a_1 in the place of a_0
it would be 2 c d (a_0 - a_1), where c is the coefficient of a^2/2.

In more dimensions the trace costs one derivative for each coordinate. The sliced loss takes the
derivative along one vector v of random signs instead,

    S = E [|s(x)|^2/2 + v . (grad s(x)) v]

and E v'Av = tr A because E v v' = I. For x of covariance C and s(x) = -K x both losses are

    I = S = (1/2) tr(K C K) - tr K

Had the vectors the length 1, as directions mostly have, the trace would be divided by d.

The numbers are for v = 2, sigma = 1, a = 0.8 and d = 1/4. In the plane they are for C = (2, 1; 1,
2) and K = (1, 1/2; 1/2, 1), where tr(K C K) = 7.

Source: Hyvarinen, JMLR 6 (2005) 695, theorem 1; Vincent, Neural Computation 23 (2011) 1661; Song,
Garg, Shi and Ermon, UAI (2019), section 3, for the sliced loss.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.estimate import Estimate
from stochcalc.score import GaussianMixture, sliced_loss
from stochcalc.score.integrands import denoising_terms, explicit_terms
from stochcalc.typing import Array, Axes, ScoreFunction

VARIANCE = 2.0
SIGMA = 1.0
SMOOTHED = VARIANCE + SIGMA**2
MODEL = 0.8  # the a at which losses are compared
SHIFT = 0.25  # the d of a_0 + d and a_0 - d
DATA = GaussianMixture([1.0], [[0.0]], VARIANCE)

COVARIANCE = np.array([[2.0, 1.0], [1.0, 2.0]])
MATRIX = np.array([[1.0, 0.5], [0.5, 1.0]])
PLANE = GaussianMixture([1.0], [[0.0, 0.0]], COVARIANCE)


def line(a: float) -> ScoreFunction:
    """Return the model s(x) = -a x."""
    return lambda x, sigma: -a * x


def plane(x: Array, sigma: float) -> Array:
    """Return s(x) = -K x for points of the plane."""
    moved: Array = -x @ MATRIX
    return moved


def explicit_terms_of(a: float, x: Array, sigma: float) -> Array:
    """Return |s(x) - grad log p(x)|^2/2 at points of the line, for data smoothed by sigma."""
    distance = -a * x - DATA.score(x, sigma)
    half_squares: Array = 0.5 * np.sum(distance**2, axis=1)
    return half_squares


@claim(
    "G32",
    chapter="score",
    title="Four losses of score matching have one minimiser, and differ by known constants",
    formula=r"\frac12 E \, |s - \nabla \log p|^2"
    r" = E \Bigl[\frac12 |s|^2 + \mathrm{tr} \, \nabla s\Bigr] + \frac12 E \, |\nabla \log p|^2",
    sources=("hyvarinen2005", "vincent2011", "song2019"),
)
def score_losses(run: Run) -> Iterator[Row | str]:
    """Measure the constants between the losses, where they are least, and the sliced trace."""
    x = DATA.sample(run.paths, rng=run.derive_key(0))
    z = np.random.default_rng(run.derive_key(1)).standard_normal(x.shape)
    yield from rows_of_implicit(x)
    yield from rows_of_denoising(x, z)
    yield row_of_sliced(run)


def rows_of_implicit(x: Array) -> Iterator[Row]:
    """Compare the implicit loss with the explicit one, and on both sides of its least a."""
    implicit = explicit_terms(line(MODEL), x, 0.0)
    yield Row(
        statement=f"explicit - implicit loss, N(0, 2), a = {MODEL:g}",
        exact=1 / (2 * VARIANCE),
        measured=Estimate.mean(explicit_terms_of(MODEL, x, 0.0) - implicit),
        twin=0.0,
        twin_statement="the same loss",
    )
    best = 1 / VARIANCE
    yield Row(
        statement="implicit loss at 1/v + d minus at 1/v - d",
        exact=0.0,
        measured=Estimate.mean(slope_of_implicit(x, best)),
        twin=2 * VARIANCE * SHIFT * best,
        twin_statement="least at a = 0, without the trace",
    )


def slope_of_implicit(x: Array, a: float) -> Array:
    """Return the difference of the implicit loss on both sides of a, one number for each point."""
    above = explicit_terms(line(a + SHIFT), x, 0.0)
    below = explicit_terms(line(a - SHIFT), x, 0.0)
    return above - below


def rows_of_denoising(x: Array, z: Array) -> Iterator[Row]:
    """Compare the denoising loss with the explicit one of the smoothed data, and find its least."""
    denoising = denoising_terms(line(MODEL), x, SIGMA, z)
    yield Row(
        statement=f"denoising - explicit loss, sigma = {SIGMA:g}, a = {MODEL:g}",
        exact=(1 / SIGMA**2 - 1 / SMOOTHED) / 2,
        measured=Estimate.mean(denoising - explicit_terms_of(MODEL, x + SIGMA * z, SIGMA)),
        twin=1 / (2 * SIGMA**2),
        twin_statement="1/(2 sigma^2), that of the noise alone",
    )
    yield Row(
        statement="denoising loss at 1/(v + sigma^2) + d minus at 1/(v + sigma^2) - d",
        exact=0.0,
        measured=Estimate.mean(slope_of_denoising(x, z, 1 / SMOOTHED)),
        twin=2 * SMOOTHED * SHIFT * (1 / SMOOTHED - 1 / VARIANCE),
        twin_statement="least at the score of the data",
    )


def slope_of_denoising(x: Array, z: Array, a: float) -> Array:
    """Return the difference of the denoising loss on both sides of a, one number for each point."""
    above = denoising_terms(line(a + SHIFT), x, SIGMA, z)
    below = denoising_terms(line(a - SHIFT), x, SIGMA, z)
    return above - below


def row_of_sliced(run: Run) -> Row:
    """Compare the sliced loss in the plane with the implicit one, which has the whole trace."""
    points = PLANE.sample(run.paths, rng=run.derive_key(2))
    squares = np.trace(MATRIX @ COVARIANCE @ MATRIX) / 2
    trace = np.trace(MATRIX)
    return Row(
        statement="sliced loss in the plane",
        exact=float(squares - trace),
        measured=sliced_loss(plane, points, rng=run.derive_key(3)),
        twin=float(squares - trace / 2),
        twin_statement="slices of length 1",
    )


@score_losses.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw the losses of the models -a x, beside the least a of the denoising loss by sigma."""
    from stochcalc.plot import panels

    left, right = panels(
        ax, 2, "Losses without the score differ from the explicit ones by constants"
    )
    x = DATA.sample(20_000, rng=run.derive_key(0))
    z = np.random.default_rng(run.derive_key(1)).standard_normal(x.shape)
    draw_losses(left, x, z)
    draw_least(right, x, z)
    return ax


def draw_losses(ax: Axes, x: Array, z: Array) -> None:
    """Draw measured losses less their constants on the parabolas of the explicit losses."""
    from stochcalc.plot import curve, points

    models = np.linspace(0.0, 1.2, 9)
    grid = np.linspace(-0.05, 1.25, 200)
    implicit = [explicit_terms(line(a), x, 0.0) + 1 / (2 * VARIANCE) for a in models]
    constant = (1 / SIGMA**2 - 1 / SMOOTHED) / 2
    denoising = [denoising_terms(line(a), x, SIGMA, z) - constant for a in models]
    shown = (
        (implicit, VARIANCE, "implicit + 1/(2 v)", "explicit, of the data"),
        (denoising, SMOOTHED, "denoising − its constant", "explicit, of the smoothed data"),
    )
    for i, (terms, v, label, name) in enumerate(shown):
        points(ax, models, [Estimate.mean(term) for term in terms], label, i)
        curve(ax, grid, v / 2 * (grid - 1 / v) ** 2, name, i)
    ax.set(xlabel="a, for the model s(x) = −a x", ylabel="loss", ylim=(-0.1, 1.35))
    ax.legend(loc="upper left")


def draw_least(ax: Axes, x: Array, z: Array) -> None:
    """Draw the least a of the denoising loss against sigma, as it is measured and exactly."""
    from stochcalc.plot import curve, limit_line, points

    sigmas = np.linspace(0.4, 2.0, 9)
    measured = [find_least(x, z, float(sigma)) for sigma in sigmas]
    grid = np.linspace(0.0, 2.1, 200)
    points(ax, sigmas, measured, "measured ± 2 standard errors")
    curve(ax, grid, 1 / (VARIANCE + grid**2), "1/(v + σ²), the smoothed data's", 0)
    limit_line(ax, 1 / VARIANCE, "1/v, the data's")
    ax.set(xlabel="noise σ of the denoising loss", ylabel="least a", ylim=(0.0, 0.62))
    ax.legend(loc="lower left")


def find_least(x: Array, z: Array, sigma: float) -> Estimate:
    """Return the least a of the denoising loss of some points, from twenty parts of them.

    The loss is a parabola in a, which its values at -1, 0 and 1 determine.
    """
    low, middle, high = (
        denoising_terms(line(a), x, sigma, z).reshape(20, -1).mean(axis=1) for a in (-1.0, 0.0, 1.0)
    )
    return Estimate.mean((low - high) / (2 * (low - 2 * middle + high)))
