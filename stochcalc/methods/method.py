"""What a scheme declares about itself, once."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

NOISES = ("scalar", "diagonal", "additive", "commuting", "general")
FUNCTIONS = ("drift", "diffusion", "drift_dx", "diffusion_dx", "exact_step")
DRIVERS = ("dW", "I10", "A", "V", "rest")


@dataclass(frozen=True)
class Method:
    """A numerical scheme for an SDE.

    Attributes
    ----------
    name : str
        As given to `solve(method=)`.
    step : callable
        step(*functions, t, x, dt, *drivers, args) -> x at t + dt; the functions are called as a(t,
        x, *args). Floats for a scalar problem, vectors for a system, with b a matrix for matrix
        noise: the same line serves all.
    strong_order, weak_order : dict of noise kind to float
        The theorem's orders; a noise kind that is missing is refused.
    calculus : float or "any"
        The lambda the scheme converges to: 0.0 Ito, 0.5 Stratonovich. "any": the step gets the
        equation's lambda as one more argument, after args.
    reference : str
        Where the theorem stands.
    functions : tuple of str
        What the step is made of: names of attributes of `SDE`.
    drivers : tuple of str
        What it takes from the motion: "dW"; "I10" for int (W_s - W_t) ds; "A" for the Levy areas, a
        matrix with matrix noise, else 0.0; "V" for normals of the areas' variance that are
        independent of dW, which is all a weak scheme asks; "rest" for one more normal.
    """

    name: str
    step: Callable[..., Any]
    strong_order: Mapping[str, float]
    weak_order: Mapping[str, float]
    calculus: float | str
    reference: str
    functions: tuple[str, ...] = ("drift", "diffusion")
    drivers: tuple[str, ...] = ("dW",)

    @property
    def is_exact(self) -> bool:
        """Whether a step is the solution itself, for models that have it, and no scheme."""
        return self.functions == ("exact_step",)

    def __post_init__(self) -> None:
        """Refuse facts that no part of the package could use.

        Raises
        ------
        TypeError
            For a step that is no function.
        ValueError
            For noise kinds, drivers, functions or a calculus that do not exist; for a step that
            takes another number of arguments than these facts give it.
        """
        for name, given, known in (
            ("strong_order", self.strong_order, NOISES),
            ("weak_order", self.weak_order, NOISES),
            ("functions", self.functions, FUNCTIONS),
            ("drivers", self.drivers, DRIVERS),
        ):
            for one in given:
                if one not in known:
                    raise ValueError(
                        f"{name} of {self.name!r} has {one!r}: it must be one of "
                        f"{', '.join(map(repr, known))}"
                    )
        if set(self.strong_order) != set(self.weak_order):
            raise ValueError(
                f"strong_order of {self.name!r} has {sorted(self.strong_order)} and weak_order "
                f"{sorted(self.weak_order)}: give both orders for each noise kind"
            )
        if self.calculus != "any" and not (
            isinstance(self.calculus, float | int) and 0.0 <= self.calculus <= 1.0
        ):
            raise ValueError(
                f"calculus={self.calculus!r} of {self.name!r} must be a lambda in [0, 1], 0.0 for "
                f"Ito, or 'any'"
            )
        self._check_step()

    def _check_step(self) -> None:
        """Refuse a step that cannot take what the loop will hand to it."""
        if not callable(self.step):
            raise TypeError(f"step={self.step!r} of {self.name!r} must be a function")
        handed = [*self.functions, "t", "x", "dt", *self.drivers, "args"]
        if self.calculus == "any" and not self.is_exact:
            handed.append("lam")
        try:
            inspect.signature(self.step).bind(*handed)
        except TypeError as error:
            raise ValueError(
                f"step of {self.name!r} must take ({', '.join(handed)}), which is what functions="
                f"{self.functions}, drivers={self.drivers} and calculus={self.calculus!r} give "
                f"it: {error}"
            ) from None
