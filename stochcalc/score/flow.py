"""The probability-flow equation, which has the marginals of the noising without its noise.

    dx/dt = -rate x - (1/2) g^2 s_t(x),    s_t(x) = s(x/m, sigma/m)/m

It maps x_T to data deterministically, and along it log p_t(x_t) changes by minus the divergence
of the right-hand side: every point gets a density. It is exact only if x_T has its true law p_T.
From N(0, sigma_T^2 I) instead, a flow keeps for ever what that law has wrong: in one dimension it
maps quantiles to quantiles.

Source: Song et al., ICLR 2021, section 4.3 and appendix D.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.engine import checks, memory
from stochcalc.engine.compiler.interrupts import hold_interrupts_back
from stochcalc.engine.habits import hint_names
from stochcalc.score.evaluation import check_points, check_score, evaluate
from stochcalc.score.noising import Noising, check_noising
from stochcalc.typing import Array, Score, WithDivergence, WithLogDensity

BUMP = 2.0**-17  # step of the central differences, in units of sigma
STAGES = 31  # states that the integrator of order 8 holds, with those of a score


@hint_names
def probability_flow(
    score: Score,
    noising: Noising,
    x: ArrayLike,
    *,
    t0: float | None = None,
    t1: float = 0.0,
    rtol: float = 1e-6,
    atol: float = 1e-8,
) -> Array:
    r"""Carry points from time t0 to time t1 by the probability flow.

    Parameters
    ----------
    score : distribution, or callable score(x, sigma)
        The score of the data smoothed by sigma, at points (n, d).
    noising : VE or VP
        How data turn into noise.
    x : array_like, shape (points, d)
        Points at time t0.
    t0 : float, optional
        Start, in [0, T]; T if left out.
    t1 : float
        End, in [0, T], before or after t0.
    rtol, atol : float
        Tolerances of `scipy.integrate.solve_ivp`, for all points together.

    Returns
    -------
    ndarray, shape (points, d)
        The points at time t1.

    Raises
    ------
    TypeError, ValueError
        For bad arguments, and for a score that is not finite on the way.
    RuntimeError
        If the integrator gives up.

    Notes
    -----
    The flow solves

    .. math:: \frac{\dd x}{\dd t} = -\mathrm{rate} \, x - \tfrac12 g^2 s_t(x).

    References
    ----------
    Y. Song et al., ICLR 2021, section 4.3. [song2021]

    Examples
    --------
    >>> from stochcalc.score import VE, GaussianMixture
    >>> p = GaussianMixture([1.0], [[0.0]], 1.0)
    >>> probability_flow(p, VE(0.1, 10.0), [[10.0]], t1=0.0).round(3)  # 10 sqrt(1.01/101)
    array([[1.]])
    """
    noising = check_noising(noising)
    points = check_points("x", x, score)
    start, end = _check_times(noising, t0, t1)
    tolerances = _check_tolerances(rtol, atol)
    _check_memory(points.size)
    ends, _ = _integrate(score, noising, points, start, end, tolerances, divergence=False)
    return ends


@hint_names
def log_likelihood(
    score: Score,
    noising: Noising,
    x: ArrayLike,
    *,
    t0: float = 0.0,
    rtol: float = 1e-6,
    atol: float = 1e-8,
) -> Array:
    r"""Return log p of points by the probability flow.

    Parameters
    ----------
    score : distribution, or callable score(x, sigma)
        The score of the data smoothed by sigma, at points (n, d). A distribution with `log_density`
        brings its own p_T; for any other score p_T is N(0, sigma(T)^2 I).
    noising : VE or VP
        How data turn into noise.
    x : array_like, shape (points, d)
        Points at time t0.
    t0 : float
        Time at which x is taken, in [0, T): for VE at 0 the density is that of the data smoothed by
        sigma_min; VP starts at 0 only with a score that exists there.
    rtol, atol : float
        Tolerances of `scipy.integrate.solve_ivp`, for all points together.

    Returns
    -------
    ndarray, shape (points,)

    Raises
    ------
    TypeError, ValueError
        For bad arguments, and for a score that is not finite on the way.
    RuntimeError
        If the integrator gives up.

    Notes
    -----
    With the velocity v of the flow

    .. math:: \log p_{t_0}(x_{t_0}) = \log p_T(x_T) + \int_{t_0}^T \nabla \cdot v(t, x_t) \, \dd t.

    References
    ----------
    Y. Song et al., ICLR 2021, appendix D.2. [song2021]

    Examples
    --------
    >>> from stochcalc.score import VE, GaussianMixture
    >>> p = GaussianMixture([1.0], [[0.0]], 1.0)
    >>> x = [[0.0], [1.0]]
    >>> log_likelihood(p, VE(0.1, 10.0), x).round(4), p.log_density(x, 0.1).round(4)
    (array([-0.9239, -1.419 ]), array([-0.9239, -1.419 ]))
    """
    noising = check_noising(noising)
    points = check_points("x", x, score)
    start = checks.number("t0", t0, least=0.0, below=noising.T)
    tolerances = _check_tolerances(rtol, atol)
    _check_memory(points.size + len(points))
    ends, change = _integrate(score, noising, points, start, noising.T, tolerances, divergence=True)
    return final_log_density(score, noising, ends) + change


def final_log_density(score: Score, noising: Noising, x: Array) -> Array:
    """Return log p_T at points x (n, d): of the noised distribution, or of N(0, sigma(T)^2 I)."""
    m = noising.mean_factor(noising.T)
    sigma = noising.sigma(noising.T)
    d = x.shape[1]
    if isinstance(score, WithLogDensity):
        noised: Array = score.log_density(x / m, sigma / m) - d * math.log(m)
        return noised
    squares = (x**2).sum(axis=1)
    normal: Array = -0.5 * squares / sigma**2 - d * math.log(sigma * math.sqrt(2.0 * math.pi))
    return normal


def _check_memory(numbers: int) -> None:
    """Refuse a state of so many numbers if the stages of the integrator would not fit."""
    remedy = "use fewer points at a time"
    memory.budget_run("the flow of the points", numbers, remedy, beside=STAGES * numbers)


def _check_times(noising: Noising, t0: float | None, t1: float) -> tuple[float, float]:
    """Return the start and the end of the flow, two different times in [0, T]."""
    start = noising.T
    if t0 is not None:
        start = checks.number("t0", t0, least=0.0, most=noising.T)
    end = checks.number("t1", t1, least=0.0, most=noising.T)
    if start == end:
        raise ValueError(
            f"t0={start:g} and t1={end:g} are the same time: there is no way between them"
        )
    return start, end


def _check_tolerances(rtol: float, atol: float) -> dict[str, float]:
    """Return the tolerances as the integrator takes them."""
    return {
        "rtol": checks.number("rtol", rtol, least=1e-13),
        "atol": checks.number("atol", atol, above=0.0),
    }


def _integrate(
    score: Score,
    noising: Noising,
    x: Array,
    t0: float,
    t1: float,
    tolerances: dict[str, float],
    *,
    divergence: bool,
) -> tuple[Array, Array]:
    """Return (points at t1, integrals of the divergence along their ways).

    The integrals are left out, and empty, unless `divergence` asks for them.
    """
    with hold_interrupts_back():
        from scipy.integrate import solve_ivp

    n, d = x.shape
    check_score(score)
    _check_end(score, noising, min(t0, t1), x)
    trace = divergence_of(score)

    def velocity(t: float, state: Array) -> Array:
        """Return dx/dt of all points, and behind it the divergence at each."""
        points = state[: n * d].reshape(n, d)
        m = noising.mean_factor(t)
        rate = noising.rate(t)
        half = 0.5 * noising.amplitude(t) ** 2
        sigma = noising.sigma(t) / m
        # -rate x - (1/2) g^2 s_t(x), and its divergence
        slope: Array = -rate * points - half / m * evaluate(
            score, points / m, sigma, f"at t={t:.4g}"
        )
        if not divergence:
            return slope.ravel()
        return np.concatenate([slope.ravel(), -rate * d - half / m**2 * trace(points / m, sigma)])

    integrals = np.zeros(0)
    if divergence:
        integrals = np.zeros(n)
    solution = solve_ivp(
        velocity,
        (t0, t1),
        np.concatenate([x.ravel(), integrals]),
        method="DOP853",
        t_eval=[t1],
        **tolerances,
    )
    if not solution.success:
        given = f"rtol={tolerances['rtol']:g}, atol={tolerances['atol']:g}"
        raise RuntimeError(
            f"the integrator gave up between t={t0:g} and {t1:g} with {given}: {solution.message}; "
            f"allow larger rtol=, atol="
        )
    end = solution.y[:, -1]
    return end[: n * d].reshape(n, d), end[n * d :]


def _check_end(score: Score, noising: Noising, t: float, x: Array) -> None:
    """Refuse to go where the data have no density, before going anywhere."""
    if t == 0.0 and noising.sigma(0.0) == 0.0 and isinstance(score, WithLogDensity):
        try:
            score.log_density(x[:1], 0.0)
        except ValueError as error:
            raise ValueError(
                f"the flow reaches t=0, where VP leaves no noise, and {error}: end or begin at a t "
                f"> 0, such as 1e-3, or use VE"
            ) from None


def divergence_of(score: Score) -> Callable[[Array, float], Array]:
    """Return div s(x, sigma) of the distribution, or by central differences along all axes."""
    if isinstance(score, WithDivergence):
        return score.divergence

    def divergence(x: Array, sigma: float) -> Array:
        """Return the divergence at points x (n, d), by 2 d evaluations of the score."""
        width = BUMP * max(sigma, 1e-6)
        total = np.zeros(len(x))
        for i in range(x.shape[1]):
            step = np.zeros(x.shape[1])
            step[i] = width
            above = evaluate(score, x + step, sigma, "beside it")[:, i]
            below = evaluate(score, x - step, sigma, "beside it")[:, i]
            total += (above - below) / (2.0 * width)
        return total

    return divergence
