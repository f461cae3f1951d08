"""What a scheme declares about itself, once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Method:
    """A numerical scheme for an SDE.

    Attributes
    ----------
    name : str
        As given to `solve(method=)`.
    step : callable
        step(a, b, t, x, dt, dW, args) -> x at t + dt; a and b are called as a(t, x, *args). Floats for a scalar problem,
        vectors for a system: the same line serves both.
    strong_order, weak_order : dict of noise kind to float
        The theorem's orders; a noise kind that is missing is refused.
    calculus : float or "any"
        The lambda the scheme converges to: 0.0 Ito, 0.5 Stratonovich.
    reference : str
        Where the theorem stands.
    """

    name: str
    step: Callable[..., Any]
    strong_order: Mapping[str, float]
    weak_order: Mapping[str, float]
    calculus: float | str
    reference: str
