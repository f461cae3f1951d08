"""Weights of paths in the time loop in NumPy: the logarithm of a weight moves with each step.

What the weight is, and the formula of a step, are explained in `solver.weighing`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from stochcalc.engine import arrays
from stochcalc.engine.compiler.fingerprint import unwrap
from stochcalc.engine.functions.failures import describe_places, is_outside_domain, say_again
from stochcalc.engine.loop.numpy_calls import ALONG_A_PATH, stack_rows, take_state
from stochcalc.engine.portable import Portable
from stochcalc.engine.words import shorten
from stochcalc.typing import Array, Noise, Number, Parameters


@dataclass(frozen=True, eq=False)
class LogWeight(Portable):
    """What the logarithm of a path's weight gains in a step.

    Attributes
    ----------
    girsanov : callable, or None
        u(t, x, *args), the drift that the motion is to have.
    killing : callable, or None
        V(t, x, *args), the rate.
    size : int
        Components of dW; 0 for a plain float.
    how : {"array", "tuple", "each"}
        How the functions are called: with x as it is, with a tuple of components that are arrays,
        or with floats, path by path.
    """

    girsanov: Callable[..., Any] | None
    killing: Callable[..., Any] | None
    size: int
    how: str

    def change(
        self, t: float, dt: float, before: Array, after: Array, dW: Noise, args: Parameters
    ) -> Array:
        """Return what the logarithm of each path's weight gains in one step, shape (paths,).

        Parameters
        ----------
        t, dt : float
            The time, and the length of the step.
        before, after : ndarray, shape (paths,) or (dim, paths)
            The states at both ends of the step.
        dW : ndarray, shape (paths,) or (size, paths)
            The increments of the motion.
        args : tuple
            The parameters of the equation.
        """
        gain = np.zeros(before.shape[-1])
        if self.girsanov is not None:
            u = self._call(self.girsanov, t, before, args, self.size)
            if self.size:
                gain = np.sum(u * dW, axis=0) - 0.5 * np.sum(u * u, axis=0) * dt
            else:
                gain = u * dW - 0.5 * (u * u) * dt
        if self.killing is not None:
            first = self._call(self.killing, t, before, args, 0)
            last = self._call(self.killing, t + dt, after, args, 0)
            gain = gain - 0.5 * (first + last) * dt
        return gain

    def _call(
        self, function: Callable[..., Any], t: float, x: Array, args: Parameters, size: int
    ) -> Array:
        """Return the values of a function for all paths, shape (paths,) or (size, paths)."""
        paths = x.shape[-1]
        if self.how != "each":
            return _call_together(function, t, x, args, size, self.how)
        kind = "scalar" if x.ndim == 1 else "vector"
        values = np.full((max(size, 1), paths), np.nan)
        for j in range(paths):
            values[:, j] = _call_alone(function, t, take_state(x[..., j], kind), args)
        if size:
            return values
        return values[0]

    def agrees(self, t: float, x: Array, args: Parameters) -> bool:
        """Say whether the functions give on tuples of arrays what they give path by path.

        They are tried at a time t and some states x, shape (paths,) or (dim, paths).
        """
        try:
            with np.errstate(all="ignore"):
                return all(
                    self._agrees(function, t, x, args, size)
                    for function, size in ((self.girsanov, self.size), (self.killing, 0))
                    if function is not None
                )
        # whatever a function of floats does with arrays, it is then called with floats
        except Exception:
            return False

    def _agrees(
        self, function: Callable[..., Any], t: float, x: Array, args: Parameters, size: int
    ) -> bool:
        """Say whether one function does."""
        alone = replace(self, how="each")._call(function, t, x, args, size)
        together = _call_together(function, t, x, args, size, "tuple")
        return np.allclose(together, alone, rtol=1e-12, equal_nan=True)


def _call_together(
    function: Callable[..., Any], t: float, x: Array, args: Parameters, size: int, how: str
) -> Array:
    """Return the values for all paths from one call; an error names the function and the time."""
    state: Any = x
    if how == "tuple" and x.ndim > 1:
        state = tuple(x)
    value = function(t, state, *args)
    try:
        return take_rows(value, size, x.shape[-1])
    except (TypeError, ValueError) as error:
        place = describe_places([unwrap(function)], otherwise="a function")
        raise ValueError(
            f"{place} returned {shorten(value)} at t={t:g} for x of shape {x.shape}: "
            f"{name_rows(size)}"
        ) from error


def name_rows(size: int) -> str:
    """Return what a function of arrays must return, as an order."""
    if size:
        return f"return an array of {size} rows, one for each component of dW"
    return "return an array of one number for each path"


def take_rows(value: Number | Sequence[Number], size: int, paths: int) -> Array:
    """Return what a function of arrays returned as (paths,), or as (size, paths) for several rows.

    A number stands for all paths.

    Raises
    ------
    ValueError
        If it has another shape.
    """
    if size:
        if not isinstance(value, tuple | list | np.ndarray) or arrays.count_axes(value) == 0:
            raise ValueError(f"one number in the place of {size} rows")
        rows = stack_rows(value, paths)
        if len(rows) != size:
            raise ValueError(f"{len(rows)} rows in the place of {size}")
        return rows
    return np.broadcast_to(np.asarray(value, dtype=float), (paths,))


def _call_alone(function: Callable[..., Any], t: float, state: Any, args: Parameters) -> Any:
    """Return the value for one path, or nan where there is none; other errors name the state."""
    try:
        return function(t, state, *args)
    except Exception as error:
        if is_outside_domain(error):
            return np.nan
        place = describe_places([unwrap(function)], otherwise="a function")
        where = f"{place} at t={t:g}, x={shorten(state)}"
        raise say_again(error, where, ALONG_A_PATH) from error
