"""The drift and the diffusion of a scalar equation that does not change with time, on many points.

Nothing is compiled here: the functions of the user are called in plain Python, a few thousand times
in all. Read with lambda, an equation needs no derivative of its diffusion, since the correction
lambda b b' only enters through

    int 2 (a + lambda b b')/b^2 dx = int 2 a/b^2 dx + 2 lambda log b.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stochcalc.engine.functions.failures import Advice
from stochcalc.engine.functions.probe import explain
from stochcalc.engine.functions.returned import is_number
from stochcalc.engine.given_values import check_call
from stochcalc.engine.words import shorten, write_call
from stochcalc.sde import SDE
from stochcalc.typing import Array, Number, TestFunction

BETWEEN = Advice("", "give low= and high= between which it has a finite value everywhere")


@dataclass(frozen=True, eq=False)
class Coefficients:
    """The drift a(x) and the diffusion b(x) of a scalar equation, as functions of arrays.

    Attributes
    ----------
    sde : SDE
        The equation, in functions of floats.
    sign : float
        The sign of the diffusion.
    remedy : str
        What to do where the diffusion is 0, for the error.
    """

    sde: SDE
    sign: float
    remedy: str

    @property
    def lam(self) -> float:
        """The lambda with which the equation is read."""
        return self.sde.lam

    def drift(self, x: Array) -> Array:
        """Return a(x) at all points, of the shape of x."""
        return self._evaluate("drift", x)

    def diffusion(self, x: Array) -> Array:
        """Return the size of b(x) at all points, of the shape of x.

        Raises
        ------
        ValueError
            If b is 0 somewhere, or changes its sign.
        """
        b = self.sign * self._evaluate("diffusion", x)
        wrong = np.flatnonzero(b.ravel() <= 0.0)
        if len(wrong):
            raise self.refuse_zero(float(x.ravel()[wrong[0]]))
        return b

    def refuse_zero(self, x: float) -> ValueError:
        """Return the error of a diffusion that is 0 at or near a point."""
        b = float(self._evaluate("diffusion", np.array([x]))[0])
        return ValueError(
            f"diffusion(0, {x:g}) = {b:g}: the diffusion is 0 there or close by, where paths do "
            f"not cross; {self.remedy}"
        )

    def _evaluate(self, name: str, x: Array) -> Array:
        """Return the drift or the diffusion at all points."""
        function = getattr(self.sde, name)
        return evaluate(name, lambda at: function(0.0, at, *self.sde.args), x, time=True)


def evaluate(
    name: str,
    function: TestFunction,
    x: Array,
    *,
    time: bool = False,
    advice: Advice = BETWEEN,
    finite: bool = True,
) -> Array:
    """Return the values of a user's function of one number at all points.

    Parameters
    ----------
    name : str
        The argument's name, for the error.
    function : callable
        The function, called with a float.
    x : ndarray
        The points.
    time : bool
        Whether the user's own function takes the time first, which the error shows as 0.
    advice : Advice
        What to do where it has no value.
    finite : bool
        Whether all values must be finite.

    Raises
    ------
    TypeError, ValueError
        If it fails at a point, or returns something else than a finite number; the error names the
        point.
    """
    values = np.empty(x.size)
    for i, at in enumerate(x.ravel().tolist()):
        arguments = (0.0, at) if time else (at,)
        try:
            value = function(at)
        except OverflowError as error:
            if finite:
                raise explain(name, arguments, error, advice) from error
            value = np.inf
        except Exception as error:
            raise explain(name, arguments, error, advice) from error
        if not is_number(value):
            raise refuse_value(name, arguments, value)
        values[i] = value
        if finite and not np.isfinite(values[i]):
            raise ValueError(
                f"{write_call(name, arguments)} = {values[i]:g} is not finite: {advice.action}"
            )
    return values.reshape(x.shape)


def refuse_value(name: str, arguments: tuple[object, ...], value: object) -> ValueError:
    """Return the error of a function that returned something else than a number."""
    said = f"{write_call(name, arguments)} returned {shorten(value)}: {name} must return one number"
    if isinstance(value, bool | np.bool_):
        return ValueError(f"{said}: write float(...) around a condition, for 1.0 and 0.0")
    return ValueError(f"{said}, for every state x, which is a number too")


def read_function(name: str, function: object) -> TestFunction:
    """Return a user's function of x, which NumPy or math may have made; it is not called.

    Raises
    ------
    TypeError
        For what is no function of one number.
    """
    check_call(name, function, "x", 0.0)
    return function  # type: ignore[return-value]  # it was checked


def as_given(values: Array) -> Number:
    """Return one number as a float, and several as an array."""
    if values.ndim == 0:
        return float(values)
    return values
