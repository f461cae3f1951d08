"""np.where and np.clip of numbers: one comparison each, where NumPy makes arrays.

`where` and `clip` are plain functions; the function below each, `_body_...`, is called by Numba
with the kinds of the arguments and returns the body to compile for them.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import types

from stochcalc.engine.compiler.jit import body_for
from stochcalc.engine.functions.returned import Returned

_NUMBERS = (types.Number, types.Boolean)


def where(condition: Returned, x: Returned, y: Returned) -> Returned:
    """Return x where the condition holds, else y."""
    return np.where(condition, x, y)


@body_for(where)
def _body_where(condition, x, y):
    if all(isinstance(kind, _NUMBERS) for kind in (condition, x, y)):
        return lambda condition, x, y: x if condition else y
    return lambda condition, x, y: np.where(condition, x, y)


def clip(x: Returned, low: Returned, high: Returned) -> Returned:
    """Return x moved into [low, high]; None is no bound, and nan stays nan."""
    return np.clip(x, low, high)


@body_for(clip)
def _body_clip(x, low, high):
    if not isinstance(x, types.Number):
        return lambda x, low, high: np.clip(x, low, high)
    least = -math.inf
    most = math.inf
    if isinstance(low, types.NoneType):
        return lambda x, low, high: _limit(x, least, high)
    if isinstance(high, types.NoneType):
        return lambda x, low, high: _limit(x, low, most)
    return lambda x, low, high: _limit(x, low, high)


def _limit(x: float, low: float, high: float) -> float:
    """Return x moved into [low, high]."""
    raised = low if x < low else x
    return high if raised > high else raised


@body_for(_limit)
def _body_limit(x, low, high):
    def limit(x, low, high):
        raised = low if x < low else x
        return high if raised > high else raised

    return limit


CHOICES: dict[str, Any] = {"where": where, "clip": clip}
