"""What is asked of a function of whole paths, by calling it on three made-up paths first.

It must return numbers of the right shape, the same ones when it is asked again, and for each path a
value that does not depend on the paths beside it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.engine import memory
from stochcalc.engine.arrays import fill_masked
from stochcalc.engine.words import shorten_text, show
from stochcalc.typing import Array, PathFunction

TRIAL = 16  # numbers of a time and a component: three paths, and what f makes of them


def columns_of(values: ArrayLike) -> Array:
    """Return the numbers of each path as columns, shape (paths, kept).

    Parameters
    ----------
    values : ndarray, shape (paths,) or (paths, kept), or tuple of ndarrays of shape (paths,)
        The value of a function of paths.
    """
    if isinstance(values, tuple):
        return np.stack([fill_masked(part) for part in values], axis=1)
    array: Array = np.asarray(fill_masked(values))
    if array.ndim == 2:
        return array
    return array[:, None]


def try_function(f: PathFunction, t: Array, dim: int) -> tuple[int, tuple[int, ...]]:
    """Call a function of paths on three made-up ones, and check what it returns.

    The paths are sqrt(t), -sqrt(t)/2 and sqrt(t)/3.

    Parameters
    ----------
    f : callable
        The function.
    t : ndarray, shape (n + 1,)
        The grid times.
    dim : int
        Number of components of a path.

    Returns
    -------
    kept : int
        How many numbers the function returns for a path.
    shape : tuple of int
        Their shape: () for one number, (m,) for several.

    Raises
    ------
    TypeError, ValueError
        If f is not a function, fails, returns another shape, or mixes paths.
    """
    if not callable(f):
        raise TypeError(
            f"f={show(f)} must be a function of an array of paths: lambda w: w.max(axis=1)"
        )
    memory.budget_part("a trial of f", TRIAL * len(t) * dim, "use fewer steps")
    name = getattr(f, "__name__", "f")
    trial = _make_trial_paths(t, dim)
    with memory.as_usual():
        values, shape = _call(f, name, trial[[0, 1, 2]])
        again, _ = _call(f, name, trial[[0, 1, 2]])
        reversed_order, _ = _call(f, name, trial[[2, 1, 0]])
        without_last, _ = _call(f, name, trial[[0, 1]])
    if not np.array_equal(values, again, equal_nan=True):
        raise ValueError(
            f"f={name} returned {values.ravel()[:3]}, then {again.ravel()[:3]}: f must be a pure "
            f"function"
        )
    _check_alone(name, reversed_order[::-1], values)
    _check_alone(name, without_last, values[:2])
    return values.shape[1], shape


def _make_trial_paths(t: Array, dim: int) -> Array:
    """Return the paths sqrt(t), -sqrt(t)/2 and sqrt(t)/3, with `dim` equal components each."""
    root = np.sqrt(t - t[0])
    if dim > 1:
        root = np.repeat(root[:, None], dim, axis=1)
    paths: Array = np.multiply.outer(np.array([1.0, -0.5, 1 / 3]), root)
    return paths


def _check_alone(name: str, other: Array, values: Array) -> None:
    """Refuse a function whose values for the same paths differ when other paths are beside them."""
    if not np.allclose(other, values, rtol=1e-9, equal_nan=True):
        raise ValueError(
            f"f={name} gives a path another value when the paths beside it are others, "
            f"{other.ravel()[:2]} "
            f"for {values.ravel()[:2]}: f must treat each path alone; reduce over axis=1"
        )


def _call(f: PathFunction, name: str, trial: Array) -> tuple[Array, tuple[int, ...]]:
    """Return the values of f for trial paths, as columns, and the shape of one path's numbers.

    If f fails, the error says what f must do.
    """
    trial.flags.writeable = False  # as the values of a stored motion are
    try:
        values = f(trial)
    # whatever it is, it is the user's function that fails, and this is how it was called
    except Exception as error:
        kind = ValueError if isinstance(error, ValueError) else TypeError
        raise kind(
            f"f={name} fails on trial paths of shape {trial.shape}: {type(error).__name__}: "
            f"{shorten_text(str(error), 150)}; it must take (paths, times[, dim])"
        ) from error
    if isinstance(values, tuple):
        parts = [np.asarray(part) for part in values]
        shape: tuple[int, ...] = (len(parts),)
        dimensions: tuple[int, ...] = (1,)
    else:
        parts = [np.asarray(values)]
        shape = parts[0].shape[1:]
        dimensions = (1, 2)
    good = [_is_share(part, len(trial), dimensions) for part in parts]
    if not parts or not all(good):
        shapes = ", ".join(f"{part.dtype} of shape {part.shape}" for part in parts)
        raise ValueError(
            f"f={name} returned {shapes} for {len(trial)} paths: return one number per path, "
            f"(paths,), or m of them, (paths, m); reduce over axis=1"
        )
    return columns_of(values), shape


def _is_share(part: Array, paths: int, dimensions: tuple[int, ...]) -> bool:
    """Say whether an array has real numbers for each of the paths, in so many dimensions."""
    is_real = part.dtype.kind in "biuf"
    return is_real and part.ndim in dimensions and len(part) == paths
