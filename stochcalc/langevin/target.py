"""What is sampled: a distribution with its own compiled score, or a user's functions, as the time
loop takes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.densities.mixture_at_a_state import mixture_log_density, mixture_score
from stochcalc.engine.functions.probe import check_args, probe


@dataclass(frozen=True)
class Target:
    """((score(t, x, *args), kind), and for an adjusted method (log density, kind)), and their args.

    `mixture` is the distribution, if its score can come as a field.
    """

    functions: tuple[tuple[Any, str], ...]
    args: tuple[Any, ...]
    vectorized: bool = False
    mixture: Any = None


def target_functions(
    target: Any,
    x: NDArray[np.float64],
    dim: int,
    args: tuple[Any, ...],
    log_density: Any,
    adjusted: bool,
    vectorized: bool = False,
) -> Target:
    """The functions of a target at x, probed; `dim` is 0 for a scalar problem, whose functions get
    floats.
    """
    if log_density is not None and not adjusted:
        raise ValueError(f'log_density={log_density!r} serves method="mala" only: leave it out')
    if isinstance(target, type):
        raise TypeError(
            f"target={target.__name__} is a class: give one of its distributions, or a score "
            f"function"
        )
    if hasattr(target, "score") and not hasattr(target, "in_lanes"):
        raise TypeError(
            f"target={target!r} does not run compiled: give lambda x: target.score(x.T, sigma).T "
            f"with vectorized=True, or use score.annealed_langevin"
        )
    if hasattr(target, "in_lanes"):
        if vectorized:
            raise ValueError(
                f"vectorized=True goes with a score function: {type(target).__name__} runs "
                f"compiled, leave it out"
            )
        return _of_distribution(target, dim, args, log_density, adjusted)
    if adjusted and log_density is None:
        raise ValueError(
            'method="mala" accepts or rejects by the density: give log_density=, a function like '
            "the score"
        )
    args = check_args(args)
    if vectorized:
        return _of_arrays(target, log_density, x, args)
    at: Any = float(x[0]) if dim == 0 else tuple(map(float, x))
    probe("target", target, 0.0, at, args, shape=() if dim == 0 else (dim,), called="(x, *args)")
    functions = [(_scalar_score(target) if dim == 0 else _timeless(target), "vector")]
    if log_density is not None:
        probe("log_density", log_density, 0.0, at, args, called="(x, *args)")
        _check_gradient(target, log_density, at, args)
        functions.append((_scalar(log_density) if dim == 0 else _timeless(log_density), "vector"))
    return Target(tuple(functions), args)


def _check_gradient(score: Any, log_density: Any, at: Any, args: tuple[Any, ...]) -> None:
    """Refuse a score that is not the gradient of the log density at the start, as far as
    differences there can tell.
    """
    x, given = (
        np.atleast_1d(np.asarray(at, dtype=float)),
        np.atleast_1d(np.asarray(score(at, *args), dtype=float)),
    )
    width, slopes = 2.0**-17 * np.maximum(1.0, np.abs(x)), np.empty(len(x))
    for i, step in enumerate(np.diag(width)):
        ends = [
            y if isinstance(at, tuple) else y[0] for y in ((x + step).tolist(), (x - step).tolist())
        ]
        try:
            above, below = (
                log_density(tuple(y) if isinstance(at, tuple) else y, *args) for y in ends
            )
        except (ArithmeticError, ValueError):
            return  # outside its domain beside the start
        slopes[i] = (above - below) / (2.0 * width[i])
    off = np.abs(given - slopes)
    if np.isfinite(slopes).all() and off.max() > 1e-3 * max(1.0, float(np.abs(slopes).max())):
        i = int(off.argmax())
        raise ValueError(
            f"target at x0={at} is {given[i]:.6g} in component {i}, and log_density has the slope "
            f"{slopes[i]:.6g} there: the score is its gradient, with a plus"
        )


def _timeless(function: Any) -> Any:
    return lambda t, x, *args: function(x, *args)


def _scalar(function: Any) -> Any:
    return lambda t, x, *args: function(x[0], *args)


def _scalar_score(score: Any) -> Any:
    return lambda t, x, *args: (score(x[0], *args),)


def _of_distribution(
    target: Any, dim: int, args: tuple[Any, ...], log_density: Any, adjusted: bool
) -> Target:
    if args or log_density is not None:
        raise ValueError(
            f"args={args!r}, log_density={log_density!r} go with a score function: a distribution "
            f"brings its own"
        )
    if dim != target.dim:
        raise ValueError(
            f"x0 has {dim or 'no'} components and the target has dim={target.dim}: give x0 of that "
            f"length"
        )
    functions = [(mixture_score, "lanes")] + [(mixture_log_density, "lanes")] * adjusted
    return Target(tuple(functions), target.in_lanes(0.0), mixture=target)


def _of_arrays(
    score: Any, log_density: Any, x: NDArray[np.float64], args: tuple[Any, ...]
) -> Target:
    """Functions of arrays (d, chains), tried on three chains."""
    three = np.repeat(x[:, None], 3, axis=1)
    functions = [("target", score, three.shape)] + [("log_density", log_density, (3,))] * (
        log_density is not None
    )
    for name, function, shape in functions:
        if not callable(function):
            raise TypeError(
                f"{name}={function!r} must be a function {name}(x, *args) of an array (d, chains)"
            )
        value = np.asarray(function(three, *args), dtype=float)
        if value.shape != shape:
            raise ValueError(
                f"{name}(x) returned shape {value.shape} for x of shape {three.shape}: it must "
                f"return {shape}"
            )
        if not np.isfinite(value).all():
            raise ValueError(
                f"{name}(x) is not finite at x0={x.tolist()}: start where the density is positive"
            )
    kinds = [
        (_timeless(function), "vector" if len(shape) > 1 else "scalar")
        for _, function, shape in functions
    ]
    return Target(tuple(kinds), args, True)
