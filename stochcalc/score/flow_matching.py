r"""Flow matching: the velocity of a noising, which is a conditional mean, and its loss.

A noising x_t = m x_0 + sigma z moves each pair (x_0, z) at the velocity m' x_0 + sigma' z. The mean
of these velocities given x_t = x is a field v(x, t), and the equation dx/dt = v(x, t) has the laws
of the noising. By E[z | x] = -sigma s_t(x) and m E[x_0 | x] = x + sigma^2 s_t(x)

    v = (m'/m) x + (m' sigma^2/m - sigma sigma') s_t(x) = -rate x - (1/2) g^2 s_t(x)

So the velocity is that of the probability flow, and a score and a velocity are the same knowledge.
As a conditional mean it is where the mean of |v(x_t, t) - m' x_0 - sigma' z|^2 is least, and a
network can be fitted to it by pairs.

Source: Lipman, Chen, Ben-Hamu, Nickel and Le, Flow matching for generative modeling, ICLR 2023;
Albergo and Vanden-Eijnden, Building normalizing flows with stochastic interpolants, ICLR 2023.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.engine import arrays, checks, memory
from stochcalc.engine.habits import hint_names
from stochcalc.engine.random.philox import numpy_generator
from stochcalc.engine.words import show
from stochcalc.estimate import Estimate
from stochcalc.score.evaluation import check_points, check_score, check_values, evaluate
from stochcalc.score.losses import average
from stochcalc.score.noising import Noising, check_noising
from stochcalc.typing import Array, Score, Seed

WORKED_ON = 6  # arrays of the data: noise, points, velocities and their differences


@hint_names
def flow_velocity(score: Score, noising: Noising) -> Callable[[ArrayLike, float], Array]:
    r"""Return the velocity v(x, t) of a noising, from the score of the data.

    Parameters
    ----------
    score : distribution, or callable score(x, sigma)
        The score of the data smoothed by sigma, at points (n, d).
    noising : VE, VP or Straight
        How data turn into noise.

    Returns
    -------
    callable
        v(x, t), for points x of shape (n, d) and a time t in [0, T]: velocities of that shape.

    Raises
    ------
    TypeError
        For what is no score, or no noising. The velocity itself refuses bad points and times.

    Notes
    -----
    With the score :math:`s_t` of :math:`x_t = m x_0 + \sigma z`

    .. math:: v(x, t) = E[m' x_0 + \sigma' z \mid x_t = x]
        = \frac{m'}{m} x + \left( \frac{m'}{m} \sigma^2 - \sigma \sigma' \right) s_t(x) .

    References
    ----------
    Y. Lipman et al., ICLR 2023; M. S. Albergo and E. Vanden-Eijnden, ICLR 2023. [lipman2023]
    [albergo2023]

    Examples
    --------
    >>> from stochcalc.score import GaussianMixture, Straight
    >>> p = GaussianMixture([1.0], [[0.0]], 4.0)
    >>> v = flow_velocity(p, Straight())
    >>> v([[1.0]], 0.5).round(12)  # (t - 4 (1 - t))/(4 (1 - t)^2 + t^2)
    array([[-1.2]])
    """
    noising = check_noising(noising)
    check_score(score)

    def velocity(x: ArrayLike, t: float) -> Array:
        """Return the velocities at points x (n, d) and time t."""
        points = check_points("x", x, score)
        t = checks.number("t", t)
        m = noising.mean_factor(t)
        half = 0.5 * noising.amplitude(t) ** 2
        values: Array = -noising.rate(t) * points
        if half > 0.0:
            s = evaluate(score, points / m, noising.sigma(t) / m, f"at t={t:.4g}")
            values -= half / m * s
        return values

    return velocity


@hint_names
def flow_matching_loss(
    velocity: Callable[[Array, float], ArrayLike],
    data: ArrayLike,
    noising: Noising,
    t: float,
    *,
    draws: int = 1,
    rng: Seed = None,
) -> Estimate:
    r"""Estimate the loss of flow matching at a time, the mean of `|v(x_t, t) - x_t'|^2 / 2`.

    The mean is over the data :math:`x_0` and standard normal z, which are independent, with
    :math:`x_t = m x_0 + \sigma z` and :math:`x_t' = m' x_0 + \sigma' z`.

    Parameters
    ----------
    velocity : callable v(x, t)
        The velocity that is judged: x has shape (n, d), and so have the velocities.
    data : array_like, shape (n, d)
        Independent points of the data, without noise.
    noising : VE, VP or Straight
        How data turn into noise.
    t : float
        A time in [0, T] at which there is noise.
    draws : int
        Number of noises per point, averaged before the standard error is taken, since they share
        the point.
    rng : None, int, SeedSequence or Generator
        Seed of the noise.

    Returns
    -------
    Estimate
        The loss, with the standard error of a mean over independent points.

    Raises
    ------
    TypeError, ValueError
        For bad arguments, a time without noise, and velocities that are not finite.

    Notes
    -----
    The loss is

    .. math:: \tfrac12 E \left| v(x_t, t) - m' x_0 - \sigma' z \right|^2 .

    It is least at the conditional mean, `flow_velocity`, and not 0 there: the pairs whose lines
    cross at one point have different velocities.

    References
    ----------
    Y. Lipman et al., ICLR 2023, theorem 2. [lipman2023]

    Examples
    --------
    >>> from stochcalc.score import GaussianMixture, Straight
    >>> p, noising = GaussianMixture([1.0], [[0.0]], 1.0), Straight()
    >>> data = p.sample(10_000, rng=1)
    >>> print(flow_matching_loss(flow_velocity(p, noising), data, noising, 0.5, rng=2))
    1.001 +- 0.014

    The least loss is exactly 1 here, and that of v = -x is 1.25:

    >>> print(flow_matching_loss(lambda x, t: -x, data, noising, 0.5, rng=2))
    1.264 +- 0.018
    """
    if not callable(velocity):
        raise TypeError(f"velocity={show(velocity)} must be a callable velocity(x, t)")
    points = checks.array("data", data, ndim=2)
    noising = check_noising(noising)
    t = checks.number("t", t)
    draws = checks.integer("draws", draws)
    remedy = "use fewer data, such as data[::2]"
    memory.budget_run("a loss of the data", 0, remedy, beside=WORKED_ON * points.size)
    m = noising.mean_factor(t)
    sigma = noising.sigma(t)
    if sigma == 0.0:
        raise ValueError(
            f"t={t:g} has no noise, and no velocity of the noise: give a later time, such as 1e-3"
        )
    rate = noising.rate(t)
    growth = (0.5 * noising.amplitude(t) ** 2 - rate * sigma**2) / sigma  # sigma'
    generator = numpy_generator(rng)
    total = np.zeros(len(points))
    for _ in range(draws):
        z = generator.standard_normal(points.shape)
        apart = _evaluate(velocity, m * points + sigma * z, t)
        apart = apart + rate * m * points - growth * z
        total += 0.5 * (apart**2).sum(axis=1)
    return average(total / draws)


def _evaluate(velocity: Callable[[Array, float], ArrayLike], x: Array, t: float) -> Array:
    """Return v(x, t), which must be finite real numbers of the shape of x."""
    call = f"velocity(x, t={t:g})"
    try:
        values = arrays.fill_masked(velocity(x.copy(), t))  # a copy: it may work in place
    except TypeError as error:
        raise TypeError(
            f"{call} fails for x of shape {x.shape}: {error}; a velocity is called with points "
            f"(n, d) and a number t"
        ) from error
    remedy = "give a velocity that is finite there"
    return check_values(call, values, x, x.shape, remedy=remedy).astype(np.float64, copy=False)
