"""The probability-flow equation, which has the marginals of the noising without its noise.

    dx/dt = -rate x - (1/2) g^2 s_t(x)

It maps x_T to data deterministically, and along it log p_t(x_t) changes by minus the divergence
of the right-hand side: every point gets a density. It is exact only if x_T has its true law p_T.
From N(0, sigma_T^2 I) instead, a flow keeps for ever what that law has wrong: in one dimension it
maps quantiles to quantiles.

Source: Song et al., ICLR 2021, section 4.3 and appendix D.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stochcalc.engine import checks
from stochcalc.engine.compiler.interrupts import interrupts_held_back
from stochcalc.score.moves import check_points, smoothed
from stochcalc.score.noising import Noising, check_noising

BUMP = 2.0**-17  # of the central differences that stand for a divergence


def probability_flow(
    score: Any,
    noising: Noising,
    x: ArrayLike,
    *,
    t0: float | None = None,
    t1: float = 0.0,
    rtol: float = 1e-6,
    atol: float = 1e-8,
) -> NDArray[np.float64]:
    """Points carried from time t0 to t1 by the probability flow.

    Parameters
    ----------
    score, noising
        As for `reverse_sde`.
    x : array_like, shape (points, d)
        At time t0, by default T.
    t1 : float
        End, before or after t0.
    rtol, atol : float
        Tolerances of `scipy.integrate.solve_ivp`, all points together.

    Returns
    -------
    ndarray, shape (points, d)

    Raises
    ------
    TypeError, ValueError
        For bad arguments, and for a score that is not finite on the way.
    RuntimeError
        If the integrator gives up.
    """
    noising, points = check_noising(noising), check_points("x", x, score)
    return _integrated(
        score, noising, points, *_times(noising, t0, t1), _tolerances(rtol, atol), False
    )[0]


def log_likelihood(
    score: Any,
    noising: Noising,
    x: ArrayLike,
    *,
    t0: float = 0.0,
    rtol: float = 1e-6,
    atol: float = 1e-8,
) -> NDArray[np.float64]:
    """log p of points x by the flow: log p_T where they are carried to, plus the divergence along
    the way.

    Parameters
    ----------
    score, noising
        As for `reverse_sde`. A distribution with `log_density` brings its own p_T; for any other
        score p_T is N(0, sigma(T)^2 I).
    x : array_like, shape (points, d)
    t0 : float
        Time at which x is taken: for VE at 0 the density is that of the data smoothed by sigma_min;
        VP starts at 0 only with a score that exists there.

    Returns
    -------
    ndarray, shape (points,)
    """
    noising, points = check_noising(noising), check_points("x", x, score)
    start = checks.number("t0", t0, least=0.0, below=noising.T)
    ends, change = _integrated(
        score, noising, points, start, noising.T, _tolerances(rtol, atol), True
    )
    return final_log_density(score, noising, ends) + change


def final_log_density(score: Any, noising: Noising, x: NDArray[np.float64]) -> NDArray[np.float64]:
    """log p_T at points x: the distribution's own, noised, or N(0, sigma(T)^2 I)."""
    m, sigma, d = noising.mean_factor(noising.T), noising.sigma(noising.T), x.shape[1]
    if hasattr(score, "log_density"):
        found: NDArray[np.float64] = score.log_density(x / m, sigma / m) - d * math.log(m)
        return found
    return -0.5 * (x**2).sum(axis=1) / sigma**2 - d * math.log(sigma * math.sqrt(2.0 * math.pi))


def _times(noising: Noising, t0: float | None, t1: float) -> tuple[float, float]:
    start = noising.T if t0 is None else checks.number("t0", t0, least=0.0, most=noising.T)
    end = checks.number("t1", t1, least=0.0, most=noising.T)
    if start == end:
        raise ValueError(
            f"t0={start:g} and t1={end:g} are the same time: there is no way between them"
        )
    return start, end


def _tolerances(rtol: float, atol: float) -> dict[str, float]:
    return {
        "rtol": checks.number("rtol", rtol, least=1e-13),
        "atol": checks.number("atol", atol, above=0.0),
    }


def _integrated(
    score: Any,
    noising: Noising,
    x: NDArray[np.float64],
    t0: float,
    t1: float,
    tolerances: dict[str, float],
    divergence: bool,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(points at t1, integral of the divergence along their ways)."""
    with interrupts_held_back():
        from scipy.integrate import solve_ivp

    at, trace = smoothed(score), divergence_of(score)
    n, d = x.shape
    _check_end(score, noising, min(t0, t1), x)

    def velocity(t: float, state: NDArray[np.float64]) -> NDArray[np.float64]:
        points, where = state[: n * d].reshape(n, d), f"at t={t:.4g}"
        m, rate, half = noising.mean_factor(t), noising.rate(t), 0.5 * noising.amplitude(t) ** 2
        sigma = noising.sigma(t) / m
        moving = -rate * points - half / m * at(points / m, sigma, where)
        if not divergence:
            return moving.ravel()
        return np.concatenate([moving.ravel(), -rate * d - half / m**2 * trace(points / m, sigma)])

    found = solve_ivp(
        velocity,
        (t0, t1),
        np.concatenate([x.ravel(), np.zeros(n if divergence else 0)]),
        method="DOP853",
        t_eval=[t1],
        **tolerances,
    )
    if not found.success:
        raise RuntimeError(
            f"the integrator gave up between t={t0:g} and {t1:g}: {found.message}; allow larger "
            f"rtol=, atol="
        )
    end = found.y[:, -1]
    return end[: n * d].reshape(n, d), end[n * d :]


def _check_end(score: Any, noising: Noising, t: float, x: NDArray[np.float64]) -> None:
    """Refuse to go where the data have no density, before going anywhere."""
    if t == 0.0 and noising.sigma(0.0) == 0.0 and hasattr(score, "log_density"):
        try:
            score.log_density(x[:1], 0.0)
        except ValueError as error:
            raise ValueError(
                f"the flow reaches t=0, where VP leaves no noise, and {error}: end or begin at a t "
                f"> 0, such as 1e-3, or use VE"
            ) from None


def divergence_of(score: Any) -> Any:
    """div s(x, sigma): the distribution's own, or by central differences in every direction."""
    if hasattr(score, "divergence"):
        return score.divergence
    at = smoothed(score)

    def divergence(x: NDArray[np.float64], sigma: float) -> NDArray[np.float64]:
        total = np.zeros(len(x))
        for i in range(x.shape[1]):
            step = np.zeros(x.shape[1])
            step[i] = width = BUMP * max(sigma, 1e-6)
            total += (
                at(x + step, sigma, "beside it")[:, i] - at(x - step, sigma, "beside it")[:, i]
            ) / (2.0 * width)
        return total

    return divergence
