"""How much chains are worth, and how large a step may be.

Correlated states estimate a mean like fewer independent ones: of S states, S/tau with the
integrated autocorrelation time tau = 1 + 2 sum_k rho_k. Sums of neighbouring rho of a reversible
chain are positive and decrease; the sum stops where the estimated ones turn negative, and what
rises is flattened (Geyer, Statist. Sci. 7 (1992) 473). Chains that have not mixed differ more
between each other than within: R-hat. Both are taken after each chain is split in two, and by
default of the normal scores of ranks, which have moments whatever the density (Vehtari, Gelman,
Simpson, Carpenter and Bürkner, Bayesian Anal. 16 (2021) 667).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stochcalc.engine import checks
from stochcalc.engine.compiler.interrupts import interrupts_held_back
from stochcalc.langevin.target import target_functions


def autocorrelation_time(x: ArrayLike) -> float:
    """Integrated autocorrelation time of the mean, in steps between states: 1 for independent ones.

    Parameters
    ----------
    x : array_like, shape (draws,) or (chains, draws)
        At least four draws.

    Examples
    --------
    >>> autocorrelation_time(np.random.default_rng(1).normal(size=100_000)).__round__(1)
    1.0
    """
    chains = _chains(x)
    return _time(_halves(chains))


def effective_sample_size(x: ArrayLike, *, ranks: bool = True) -> float:
    """How many independent draws the chains are worth together.

    Parameters
    ----------
    x : array_like, shape (draws,) or (chains, draws)
    ranks : bool
        Of the normal scores of ranks ("bulk"), else of the values themselves.
    """
    chains = _halves(_chains(x))
    return chains.size / _time(_scores(chains) if checks.flag("ranks", ranks) else chains)


def split_rhat(x: ArrayLike) -> float:
    """R-hat of the halves of the chains: near 1 once they have mixed, in location and in spread;
    above 1.01 they have not.

    Parameters
    ----------
    x : array_like, shape (draws,) or (chains, draws)
    """
    chains = _halves(_chains(x))
    folded = np.abs(chains - np.median(chains))
    return max(_rhat(_scores(chains)), _rhat(_scores(folded)))


def _chains(x: ArrayLike) -> NDArray[np.float64]:
    chains = np.atleast_2d(checks.array("x", x))
    if chains.ndim != 2 or chains.shape[1] < 4:
        raise ValueError(
            f"x has shape {np.shape(x)}: give (chains, draws) with at least 4 draws, one component "
            f"at a time"
        )
    return chains


def _halves(chains: NDArray[np.float64]) -> NDArray[np.float64]:
    half = chains.shape[1] // 2
    return np.concatenate([chains[:, :half], chains[:, -half:]])


def _scores(chains: NDArray[np.float64]) -> NDArray[np.float64]:
    with interrupts_held_back():  # half a second, which only diagnostics need to spend
        from scipy.special import ndtri
        from scipy.stats import rankdata

    scores: NDArray[np.float64] = ndtri(
        (rankdata(chains).reshape(chains.shape) - 0.375) / (chains.size + 0.25)
    )
    return scores


def _rhat(chains: NDArray[np.float64]) -> float:
    n, within = chains.shape[1], chains.var(axis=1, ddof=1).mean()
    between = chains.mean(axis=1).var(ddof=1)
    return (
        math.sqrt(between / within + (n - 1) / n)
        if within > 0
        else math.nan
        if between == 0
        else math.inf
    )


def _autocovariances(chains: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean over the chains of sum_i x_i x_(i+k) / n, x centred, for every lag k."""
    with interrupts_held_back():
        from scipy import fft

    n = chains.shape[1]
    spectrum = fft.rfft(
        chains - chains.mean(axis=1, keepdims=True), fft.next_fast_len(2 * n), axis=1
    )
    covariances: NDArray[np.float64] = (
        fft.irfft((np.abs(spectrum) ** 2).mean(axis=0), fft.next_fast_len(2 * n))[:n] / n
    )
    return covariances


def _time(chains: NDArray[np.float64]) -> float:
    m, n = chains.shape
    if (chains == chains.flat[0]).all():
        return 1.0
    covariances = _autocovariances(chains)
    within = covariances[0] * n / (n - 1)
    rho = 1.0 - (within - covariances) / (covariances[0] + chains.mean(axis=1).var(ddof=1))
    rho[0] = 1.0
    pairs = (rho[0 : n - n % 2 : 2] + rho[1::2])[: max((n - 1) // 2, 1)]
    negative = np.flatnonzero(pairs[1:] < 0) + 1
    stop = int(negative[0]) if len(negative) else max(len(pairs) - 1, 1)
    smooth = np.minimum.accumulate(pairs[:stop])
    tail = rho[2 * stop] if 2 * stop < n else 0.0
    tail = max(tail, 0.0) if len(negative) else tail
    return max(-1.0 + 2.0 * float(smooth.sum()) + float(tail), 1.0 / math.log10(m * n))


@dataclass(frozen=True)
class StepAdvice:
    """What a step may be where the target curves like this.

    Attributes
    ----------
    curvature : float
        Largest eigenvalue of minus the score's Jacobian at the points looked at.
    stable, kinetic_stable : float
        Steps of x + (h/2) s + sqrt(h) z beyond 4/curvature, and time steps of a splitting beyond
        2/sqrt(curvature), diverge.
    unbiased, kinetic_unbiased : float
        Steps at which the stiffest direction's variance is off by `bias`: that of ULA, and that of
        the momentum of BAOAB.
    bias : float
    """

    curvature: float
    stable: float
    kinetic_stable: float
    unbiased: float
    kinetic_unbiased: float
    bias: float

    def __str__(self) -> str:
        return (
            f"curvature {self.curvature:.4g}: ULA diverges beyond h = {self.stable:.4g} and is off "
            f"by {100 * self.bias:g} % at {self.unbiased:.4g}; splittings, "
            f"{self.kinetic_stable:.4g} and {self.kinetic_unbiased:.4g}"
        )


def advise_step(
    target: Any, x: ArrayLike, *, bias: float = 0.01, args: tuple[Any, ...] = ()
) -> StepAdvice:
    """Return the largest steps worth trying, from the curvature of the log density at some points.

    Parameters
    ----------
    target : distribution, or callable score(x, *args)
    x : array_like, shape (points, d), or (points,) for a scalar problem
        Where the chains will be, such as the states of a short run.
    bias : float
        Wanted relative error of the variance in the stiffest direction.

    Examples
    --------
    >>> print(advise_step(lambda x: -25.0 * x, [0.0]))
    curvature 25: ULA diverges beyond h = 0.16 and is off by 1 % at 0.001584;
    splittings, 0.4 and 0.04
    """
    points = checks.array("x", x)
    bias = checks.number("bias", bias, above=0.0, below=1.0)
    if points.ndim not in (1, 2) or points.size == 0:
        raise ValueError(
            f"x has shape {points.shape}: give points (points, d), or (points,) for a scalar "
            f"problem"
        )
    scalar = points.ndim == 1
    rows = points[:, None] if scalar else points
    if hasattr(target, "score"):
        if args:
            raise ValueError(
                f"args={args!r} goes with a score function: a distribution brings its own "
                f"parameters"
            )

        def score(at: NDArray[np.float64]) -> Any:
            return target.score(at[None])[0]

    else:
        for one in rows:
            target_functions(target, one, 0 if scalar else rows.shape[1], args, None, False)

        def score(at: NDArray[np.float64]) -> Any:
            place = float(at[0]) if scalar else tuple(map(float, at))
            return np.atleast_1d(target(place, *args))

    curvature = max(_curvature(score, at) for at in rows)
    if not curvature > 0:
        raise ValueError(
            f"the log density is flat or curves upwards at every x given (largest eigenvalue "
            f"{curvature:g}): give points near a mode"
        )
    # (1/k)/(1 - k h/4) = (1 + bias)/k, and 1 - h^2 omega^2/4 = 1 - bias
    return StepAdvice(
        curvature=curvature,
        stable=4.0 / curvature,
        kinetic_stable=2.0 / math.sqrt(curvature),
        unbiased=4.0 / curvature * bias / (1.0 + bias),
        kinetic_unbiased=2.0 * math.sqrt(bias / curvature),
        bias=bias,
    )


def _curvature(score: Any, at: NDArray[np.float64]) -> float:
    """Return the largest eigenvalue of minus the derivative of the score, made symmetric."""
    width = 2.0**-17 * np.maximum(1.0, np.abs(at))
    slopes = np.stack(
        [
            (np.asarray(score(at + step)) - np.asarray(score(at - step))) / (2.0 * width[i])
            for i, step in enumerate(np.diag(width))
        ]
    )
    return float(np.linalg.eigvalsh(-0.5 * (slopes + slopes.T)).max())
