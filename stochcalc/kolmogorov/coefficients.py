"""The drift and the diffusion of a scalar equation that does not change with time, on many points.

Nothing is compiled here: the functions of the user are called in plain Python, a few thousand times
in all. Read with lambda, an equation needs no derivative of its diffusion, since the correction
lambda b b' only enters through

    int 2 (a + lambda b b')/b^2 dx = int 2 a/b^2 dx + 2 lambda log b.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from stochcalc.engine.functions.failures import Advice
from stochcalc.engine.functions.probe import explain
from stochcalc.engine.functions.returned import check_shape, is_number
from stochcalc.engine.given_values import check_call
from stochcalc.engine.words import write_call
from stochcalc.models import Model
from stochcalc.sde import SDE
from stochcalc.solver.array_functions import convert_to_floats
from stochcalc.solver.examine import MATRIX_KINDS, check_sde, examine
from stochcalc.typing import Array, Number, TestFunction

BETWEEN = Advice("", "give low= and high= between which it has a finite value everywhere")
AUTONOMOUS = "takes coefficients of x alone; use paths by solve"
TIMES = (0.0, 0.3, 1.0, 2.718)  # at which the functions are compared


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


def read_coefficients(
    sde: object, inside: float, spread: Array, caller: str, remedy: str
) -> Coefficients:
    """Return the coefficients of an equation, after its functions are tried at a point.

    Parameters
    ----------
    sde : SDE
        What was given.
    inside : float
        A point at which its functions must have a value.
    spread : ndarray, shape (k,)
        Points all over the interval, at which functions that have a value must keep it.
    caller : str
        The public function, for the error.
    remedy : str
        What to do where the diffusion is 0, for the error.

    Raises
    ------
    TypeError, ValueError
        For what is no SDE, for a system, for functions that fail at the point or change with time.
    """
    check_sde(sde)
    assert isinstance(sde, SDE)
    if isinstance(sde, Model) and sde.dim:
        raise ValueError(
            f"sde={sde.name} has {sde.dim} components, and {caller} takes a scalar equation: use "
            "paths by solve"
        )
    if sde.noise in MATRIX_KINDS:
        raise ValueError(
            f"noise={sde.noise!r} of the sde is for systems, and {caller} takes a scalar equation: "
            "use noise='diagonal'"
        )
    examine(sde, np.array([inside]), 0)
    floats = sde
    if sde.vectorized:
        floats = convert_to_floats(sde)
    for name in ("drift", "diffusion"):
        function = getattr(floats, name)
        _refuse_time(name, function, inside, floats.args, caller)
        with np.errstate(all="ignore"):
            for x in spread.tolist():
                if _has_value(function, x, floats.args):
                    _refuse_time(name, function, x, floats.args, caller)
    b = float(floats.diffusion(0.0, inside, *floats.args))
    coefficients = Coefficients(floats, sign=float(np.sign(b)), remedy=remedy)
    if b == 0.0:
        raise coefficients.refuse_zero(inside)
    return coefficients


def _has_value(function: Callable[..., Any], x: float, args: tuple[Any, ...]) -> bool:
    """Return whether a function has a number as its value at a point, at the first time."""
    try:
        value = function(TIMES[0], x, *args)
        return bool(is_number(value) and np.isfinite(value))
    except Exception:  # what fails where the process is will be said there
        return False


def _refuse_time(
    name: str, function: Callable[..., Any], x: float, args: tuple[Any, ...], caller: str
) -> None:
    """Refuse a drift or a diffusion that is not the same at all times, at a point."""
    first = function(TIMES[0], x, *args)
    for t in TIMES[1:]:
        try:
            later = function(t, x, *args)
        except Exception as error:
            raise explain(
                name, (t, x, *args), error, Advice("", f"{caller} {AUTONOMOUS}")
            ) from error
        if not is_number(later):
            check_shape(name, write_call(name, (t, x)), later, ())
        if float(later) != float(first):
            raise ValueError(
                f"{name} changes with time, {write_call(name, (TIMES[0], x))} = {float(first):g} "
                f"and {write_call(name, (t, x))} = {float(later):g}: {caller} {AUTONOMOUS}"
            )


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
            check_shape(name, write_call(name, arguments), value, ())
        values[i] = value
        if finite and not np.isfinite(values[i]):
            raise ValueError(
                f"{write_call(name, arguments)} = {values[i]:g} is not finite: {advice.action}"
            )
    return values.reshape(x.shape)


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
