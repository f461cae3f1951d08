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

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.engine import checks
from stochcalc.engine.compiler.interrupts import hold_interrupts_back
from stochcalc.engine.habits import hint_names
from stochcalc.engine.words import show
from stochcalc.score.evaluation import check_points
from stochcalc.score.flow_arguments import (
    ADAPTIVE,
    ATOL,
    FEW_STAGES,
    RTOL,
    check_memory,
    check_method,
    check_steps,
    check_times,
    check_tolerances,
)
from stochcalc.score.flow_steps import TABLEAUS, find_first_time, take_steps
from stochcalc.score.flow_velocity import make_velocity
from stochcalc.score.noising import Noising, check_noising
from stochcalc.typing import Array, Score, WithLogDensity


@hint_names
def probability_flow(
    score: Score,
    noising: Noising,
    x: ArrayLike,
    *,
    t0: float | None = None,
    t1: float = 0.0,
    method: str = ADAPTIVE,
    n: int | None = None,
    rtol: float | None = None,
    atol: float | None = None,
) -> Array:
    r"""Carry points from time t0 to time t1 by the probability flow.

    Parameters
    ----------
    score : distribution, or callable score(x, sigma)
        The score of the data smoothed by sigma, at points (n, d).
    noising : VE, VP or Straight
        How data turn into noise.
    x : array_like, shape (points, d)
        Points at time t0.
    t0 : float, optional
        Start, in [0, T]; T if left out.
    t1 : float
        End, in [0, T], before or after t0.
    method : str
        "dop853", which chooses its steps, or n equal steps of "euler", "heun" or "rk4": they take
        one, two or four scores a step, and have the orders 1, 2 and 4. Small and capital letters
        are the same.
    n : int, optional
        Number of equal steps, for the last three.
    rtol, atol : float, optional
        Tolerances of "dop853" (`scipy.integrate.solve_ivp`), for all points together: 1e-6 and 1e-8
        if left out. Equal steps have none.

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
    Y. Song et al., ICLR 2021, section 4.3; T. Karras et al., NeurIPS 2022, for Heun's steps.
    [song2021] [karras2022]

    Examples
    --------
    >>> from stochcalc.score import VE, GaussianMixture
    >>> p = GaussianMixture([1.0], [[0.0]], 1.0)
    >>> probability_flow(p, VE(0.1, 10.0), [[10.0]], t1=0.0).round(3)  # 10 sqrt(1.01/101)
    array([[1.]])
    >>> probability_flow(p, VE(0.1, 10.0), [[10.0]], method="heun", n=16).round(3)
    array([[1.025]])
    """
    noising = check_noising(noising)
    points = check_points("x", x, score)
    start, end = check_times(noising, t0, t1)
    method = check_method(method)
    if method != ADAPTIVE:
        steps = check_steps(method, n, rtol, atol)
        check_memory(points.size, FEW_STAGES)
        return _take_equal_steps(score, noising, points, start, end, method, steps)
    if n is not None:
        raise ValueError(
            f"n={show(n)} goes with equal steps, and method={method!r} chooses its own: use "
            f"method='euler', 'heun' or 'rk4', or leave n out"
        )
    tolerances = check_tolerances(rtol, atol)
    check_memory(points.size)
    ends, _ = _integrate(score, noising, points, start, end, tolerances, divergence=False)
    return ends


@hint_names
def log_likelihood(
    score: Score,
    noising: Noising,
    x: ArrayLike,
    *,
    t0: float = 0.0,
    rtol: float = RTOL,
    atol: float = ATOL,
) -> Array:
    r"""Return log p of points by the probability flow.

    Parameters
    ----------
    score : distribution, or callable score(x, sigma)
        The score of the data smoothed by sigma, at points (n, d). A distribution with `log_density`
        brings its own p_T; for any other score p_T is N(0, sigma(T)^2 I).
    noising : VE, VP or Straight
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
    tolerances = check_tolerances(rtol, atol)
    check_memory(points.size + len(points))
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

    n = len(x)
    velocity = make_velocity(score, noising, x, min(t0, t1), divergence)
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
    return end[: x.size].reshape(x.shape), end[x.size :]


def _take_equal_steps(
    score: Score, noising: Noising, x: Array, t0: float, t1: float, method: str, n: int
) -> Array:
    """Return the points at t1 after n equal steps."""
    tableau = TABLEAUS[method]
    first = find_first_time(t0, t1, n, tableau)
    velocity = make_velocity(score, noising, x, first, divergence=False)
    return take_steps(velocity, x.ravel(), t0, t1, n, tableau).reshape(x.shape)
