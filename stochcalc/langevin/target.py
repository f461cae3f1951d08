"""What is sampled: a distribution with its own compiled score, or a user's functions.

Both are turned into one record, `Target`, in the form in which the time loop takes functions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stochcalc.densities.mixture_at_a_state import mixture_log_density, mixture_score
from stochcalc.engine.arrays import fill_masked
from stochcalc.engine.functions.failures import AT_THE_START, say_again
from stochcalc.engine.functions.probe import check_args, probe
from stochcalc.engine.portable import portable
from stochcalc.engine.words import show
from stochcalc.typing import (
    Array,
    Distribution,
    DriftFunction,
    Parameters,
    TestFunction,
    WithCompiledScore,
)

Functions = list[tuple[DriftFunction, str]]  # functions of (t, x, *args), each with its kind


@dataclass(frozen=True)
class Target:
    """A density to sample, in the form in which the time loop takes it.

    Attributes
    ----------
    functions : tuple of (callable, kind)
        The score as a function of (t, x, *args), and for an adjusted method the log density.
    args : tuple
        Parameters of both.
    vectorized : bool
        Whether the functions take arrays (d, chains).
    mixture : distribution, optional
        The distribution, if its score can come as a field.
    """

    functions: tuple[tuple[DriftFunction, str], ...]
    args: Parameters
    vectorized: bool = False
    mixture: WithCompiledScore | None = None


def read_target(
    target: WithCompiledScore | TestFunction,
    x: Array,
    dim: int,
    args: Parameters,
    log_density: TestFunction | None,
    adjusted: bool,
    vectorized: bool = False,
) -> Target:
    """Return the target that a user gave, after its functions were tried at x.

    Parameters
    ----------
    target : distribution, or callable score(x, *args)
        What is sampled.
    x : ndarray, shape (max(dim, 1),)
        The state at which the functions are tried.
    dim : int
        Number of components; 0 for a scalar problem, whose functions get floats.
    args : tuple
        Parameters of the functions.
    log_density : callable log_density(x, *args), optional
        The logarithm of the density up to a constant, for an adjusted method.
    adjusted : bool
        Whether the method accepts or rejects by the density.
    vectorized : bool
        Whether the functions take arrays (d, chains).
    """
    if log_density is not None and not adjusted:
        raise ValueError(f'log_density={show(log_density)} serves method="mala" only: leave it out')
    if isinstance(target, type):
        raise TypeError(
            f"target={target.__name__} is a class: give one of its distributions, or a score "
            f"function"
        )
    if isinstance(target, WithCompiledScore):
        if vectorized:
            raise ValueError(
                f"vectorized=True goes with a score function: {type(target).__name__} runs "
                f"compiled, leave it out"
            )
        return _read_distribution(target, dim, args, log_density, adjusted)
    if isinstance(target, Distribution):
        raise TypeError(
            f"target={show(target)} does not run compiled: give lambda x: "
            f"target.score(x.T, sigma).T with vectorized=True, or use score.annealed_langevin"
        )
    if adjusted and log_density is None:
        raise ValueError(
            'method="mala" accepts or rejects by the density: give log_density=, a function like '
            "the score"
        )
    args = check_args(args)
    if vectorized:
        return _read_array_functions(target, log_density, x, args)
    if dim == 0:
        return _read_scalar_functions(target, log_density, float(x[0]), args)
    return _read_functions(target, log_density, tuple(map(float, x)), args)


def _read_functions(
    score: TestFunction,
    log_density: TestFunction | None,
    at: tuple[float, ...],
    args: Parameters,
) -> Target:
    """Return the target of functions that get the components of a state."""
    probe("target", score, 0.0, at, args, shape=(len(at),), called="(x, *args)")
    functions: Functions = [(_ignore_time(score), "vector")]
    if log_density is not None:
        probe("log_density", log_density, 0.0, at, args, called="(x, *args)")
        _check_gradient(score, log_density, at, args)
        functions.append((_ignore_time(log_density), "vector"))
    return Target(tuple(functions), args)


def _read_scalar_functions(
    score: TestFunction, log_density: TestFunction | None, at: float, args: Parameters
) -> Target:
    """Return the target of functions that get a float; the chain's state is a vector of one."""
    probe("target", score, 0.0, at, args, shape=(), called="(x, *args)")
    functions: Functions = [(_score_of_number(score), "vector")]
    if log_density is not None:
        probe("log_density", log_density, 0.0, at, args, called="(x, *args)")
        _check_gradient(score, log_density, at, args)
        functions.append((_function_of_number(log_density), "vector"))
    return Target(tuple(functions), args)


def _check_gradient(
    score: TestFunction,
    log_density: TestFunction,
    at: float | tuple[float, ...],
    args: Parameters,
) -> None:
    """Refuse a score that is not the gradient of the log density at the start.

    The gradient is taken by central differences; nothing is refused where they are not finite.
    """
    x = np.atleast_1d(np.asarray(at, dtype=float))
    returned = np.atleast_1d(np.asarray(score(at, *args), dtype=float))
    width = 2.0**-17 * np.maximum(1.0, np.abs(x))
    slopes = np.empty(len(x))
    for i, step in enumerate(np.diag(width)):
        try:
            above = log_density(_in_the_form_of(at, x + step), *args)
            below = log_density(_in_the_form_of(at, x - step), *args)
        except Exception:  # outside its domain beside the start
            return
        slopes[i] = (above - below) / (2.0 * width[i])
    off = np.abs(returned - slopes)
    if np.isfinite(slopes).all() and off.max() > 1e-3 * max(1.0, float(np.abs(slopes).max())):
        i = int(off.argmax())
        raise ValueError(
            f"target at x0={at} is {returned[i]:.6g} in component {i}, and log_density has the "
            f"slope {slopes[i]:.6g} there: the score is its gradient, with a plus"
        )


def _in_the_form_of(at: float | tuple[float, ...], x: Array) -> float | tuple[float, ...]:
    """Return the components x as a tuple if `at` is one, else the only component as a float."""
    if isinstance(at, tuple):
        return tuple(x.tolist())
    return float(x[0])


@portable
def _ignore_time(function: TestFunction) -> DriftFunction:
    """Return a function of (x, *args) as one of (t, x, *args)."""
    return lambda t, x, *args: function(x, *args)


@portable
def _function_of_number(function: TestFunction) -> DriftFunction:
    """Return a function of (number, *args) as one of (t, vector of one, *args)."""
    return lambda t, x, *args: function(x[0], *args)


@portable
def _score_of_number(score: TestFunction) -> DriftFunction:
    """Return a score of (number, *args) as one of (t, vector of one, *args)."""
    return lambda t, x, *args: (score(x[0], *args),)


def _read_distribution(
    target: WithCompiledScore,
    dim: int,
    args: Parameters,
    log_density: TestFunction | None,
    adjusted: bool,
) -> Target:
    """Return the target of a distribution, which brings its own functions and parameters."""
    if not isinstance(args, tuple | list) or len(args) or log_density is not None:
        raise ValueError(
            f"args={show(args)}, log_density={show(log_density)} go with a score function: "
            f"leave them out, a distribution brings its own"
        )
    if dim != target.dim:
        raise ValueError(
            f"x0 has {dim or 'no'} components and the target has dim={target.dim}: give x0 of that "
            f"length"
        )
    functions: Functions = [(mixture_score, "lanes")]
    if adjusted:
        functions.append((mixture_log_density, "lanes"))
    return Target(tuple(functions), target.in_lanes(0.0), mixture=target)


def _read_array_functions(
    score: TestFunction, log_density: TestFunction | None, x: Array, args: Parameters
) -> Target:
    """Return the target of functions of arrays (d, chains), after trying them on three chains."""
    three = np.repeat(x[:, None], 3, axis=1)
    _try_on_arrays("target", score, three, args, three.shape, x)
    functions: Functions = [(_ignore_time(score), "vector")]
    if log_density is not None:
        _try_on_arrays("log_density", log_density, three, args, (3,), x)
        functions.append((_ignore_time(log_density), "scalar"))
    return Target(tuple(functions), args, vectorized=True)


def _try_on_arrays(
    name: str,
    function: TestFunction,
    three: Array,
    args: Parameters,
    shape: tuple[int, ...],
    x: Array,
) -> None:
    """Check that a function of arrays returns finite numbers of this shape."""
    if not callable(function):
        raise TypeError(
            f"{name}={show(function)} must be a function {name}(x, *args) of an array (d, chains)"
        )
    try:
        with np.errstate(all="ignore"):  # what is not finite is refused below
            value = np.asarray(fill_masked(function(three, *args)), dtype=float)
    except Exception as error:
        call = f"{name}(x) with an array x of shape {three.shape}"
        raise say_again(error, call, AT_THE_START) from error
    if value.shape != shape:
        raise ValueError(
            f"{name}(x) returned shape {value.shape} for x of shape {three.shape}: it must "
            f"return {shape}"
        )
    if not np.isfinite(value).all():
        raise ValueError(
            f"{name}(x) is not finite at x0={x.tolist()}: start where the density is positive"
        )
    _check_chains_apart(name, function, three, args)


def _check_chains_apart(name: str, function: TestFunction, three: Array, args: Parameters) -> None:
    """Refuse a function that gives a chain another value when it is called with others."""
    # In no order: a function that sorts them would leave them where they are.
    states = three + 0.01 * (1.0 + np.abs(three)) * np.array([1.0, 2.0, 0.0])
    with np.errstate(all="ignore"):
        together = np.asarray(fill_masked(function(states.copy(), *args)), dtype=float)
        for j in range(states.shape[1]):
            one = slice(j, j + 1)
            alone = np.asarray(fill_masked(function(states[:, one].copy(), *args)), dtype=float)
            if not np.allclose(together[..., one], alone, rtol=1e-9, atol=1e-300, equal_nan=True):
                raise ValueError(
                    f"{name} gives another value for a chain when it is called with others: each "
                    "column of x is a chain of its own, so reduce along axis=0, never over all "
                    "numbers or along the chains"
                )
