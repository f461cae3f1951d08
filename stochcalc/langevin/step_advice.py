"""How large a step may be: from the curvature of the log density at some points.

On a Gaussian of precision k a step h of ULA is stable up to h = 4/k, and its variance is
(1/k)/(1 - k h/4). A splitting of kinetic Langevin is stable up to h = 2/sqrt(k), and BAOAB's
momentum has the variance 1 - h^2 k/4. The largest curvature of a density plays the part of k.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.engine import checks
from stochcalc.engine.functions.trials import take_numbers
from stochcalc.engine.habits import hint_names
from stochcalc.engine.words import show
from stochcalc.langevin.target import read_target
from stochcalc.typing import Array, Distribution, Parameters, TestFunction


@dataclass(frozen=True)
class StepAdvice:
    """The largest steps that make sense where the target curves as it does.

    Attributes
    ----------
    curvature : float
        Largest eigenvalue of minus the score's Jacobian at the points looked at.
    stable, kinetic_stable : float
        Steps of x + (h/2) s + sqrt(h) z beyond 4/curvature diverge, and so do time steps of the
        five splittings of `samplers.kinetic` beyond 2/sqrt(curvature).
    unbiased, kinetic_unbiased : float
        Steps at which the stiffest direction's variance is off by `bias`: that of ULA, and that of
        the momentum of BAOAB.
    bias : float
        The relative error of the variance that was asked for.

    Examples
    --------
    >>> from stochcalc.langevin import advise_step
    >>> advice = advise_step(lambda x: -4.0 * x, [0.5, 1.0])
    >>> round(advice.curvature, 3), round(advice.stable, 3)  # 4/4: beyond it ULA diverges
    (4.0, 1.0)
    """

    curvature: float
    stable: float
    kinetic_stable: float
    unbiased: float
    kinetic_unbiased: float
    bias: float

    def __repr__(self) -> str:
        return f"StepAdvice({self})"

    def __str__(self) -> str:
        return (
            f"curvature {self.curvature:.4g}: ULA diverges beyond h = {self.stable:.4g} and is off "
            f"by {100 * self.bias:g} % at {self.unbiased:.4g}; splittings, "
            f"{self.kinetic_stable:.4g} and {self.kinetic_unbiased:.4g}"
        )


@hint_names
def advise_step(
    target: Distribution | TestFunction,
    x: ArrayLike,
    *,
    bias: float = 0.01,
    args: Parameters = (),
) -> StepAdvice:
    r"""Return the largest steps worth trying, from the curvature of the log density at some points.

    Parameters
    ----------
    target : distribution, or callable `score(x, *args)`
        What is to be sampled, as `sample` takes it.
    x : array_like, shape (points, d), or (points,) for a scalar problem
        Where the chains will be, such as the states of a short run.
    bias : float
        Wanted relative error of the variance in the stiffest direction, in (0, 1).
    args : tuple
        Further arguments of a score function.

    Returns
    -------
    StepAdvice

    Raises
    ------
    TypeError, ValueError
        For bad arguments, a score that fails at the points, and a log density that is flat or
        curves upwards at all of them.

    Notes
    -----
    With the curvature k, the largest eigenvalue of minus the Jacobian of the score, the steps with
    the relative error :math:`\beta` solve

    .. math:: \frac{1}{1 - k h/4} = 1 + \beta \quad \text{(ULA)}, \qquad
        1 - \frac{k h^2}{4} = 1 - \beta \quad \text{(BAOAB)}.

    References
    ----------
    G. O. Roberts and R. L. Tweedie, Bernoulli 2 (1996) 341, section 3; B. Leimkuhler and
    C. Matthews, Molecular Dynamics (2015), chapter 7.
    [robertstweedie1996] [leimkuhlermatthews2015]

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
    if isinstance(target, Distribution):
        score = _score_of_distribution(target, args)
    else:
        score = _score_of_function(target, points, args)
    curvature = max(_curvature(score, at) for at in points.reshape(len(points), -1))
    if not curvature > 0:
        raise ValueError(
            f"the log density is flat or curves upwards at every x given (largest eigenvalue "
            f"{curvature:g}): give points near a mode"
        )
    # (1/k)/(1 - k h/4) = (1 + bias)/k, and 1 - h^2 k/4 = 1 - bias
    return StepAdvice(
        curvature=curvature,
        stable=4.0 / curvature,
        kinetic_stable=2.0 / math.sqrt(curvature),
        unbiased=4.0 / curvature * bias / (1.0 + bias),
        kinetic_unbiased=2.0 * math.sqrt(bias / curvature),
        bias=bias,
    )


def _score_of_distribution(target: Distribution, args: Parameters) -> Callable[[Array], Array]:
    """Return the score of a distribution as a function of one point (d,)."""
    if args:
        raise ValueError(
            f"args={show(args)} goes with a score function: a distribution brings its own "
            "parameters"
        )
    return lambda at: target.score(at[None])[0]


def _score_of_function(
    target: TestFunction, points: Array, args: Parameters
) -> Callable[[Array], Array]:
    """Return a user's score as a function of one point (d,), after trying it at all points."""
    dim = 0
    if points.ndim == 2:
        dim = points.shape[1]
    for point in points.reshape(len(points), -1):
        read_target(target, point, dim, args, None, adjusted=False)

    def score(at: Array) -> Array:
        """Return the score at one point, as an array of its components."""
        return np.atleast_1d(target(take_numbers(at, dim), *args))

    return score


def _curvature(score: Callable[[Array], Array], at: Array) -> float:
    """Return the largest eigenvalue of minus the derivative of the score, made symmetric."""
    width = 2.0**-17 * np.maximum(1.0, np.abs(at))
    slopes = np.stack(
        [
            (np.asarray(score(at + step)) - np.asarray(score(at - step))) / (2.0 * width[i])
            for i, step in enumerate(np.diag(width))
        ]
    )
    return float(np.linalg.eigvalsh(-0.5 * (slopes + slopes.T)).max())
