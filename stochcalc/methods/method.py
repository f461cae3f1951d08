"""What a scheme declares about itself, once."""

from __future__ import annotations

import inspect
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from stochcalc.display.description import Description, Displayed
from stochcalc.display.table import Table
from stochcalc.engine import checks
from stochcalc.engine.functions.returned import is_number
from stochcalc.engine.portable import Portable
from stochcalc.engine.words import show
from stochcalc.sde import NOISE_KINDS
from stochcalc.typing import StepFunction

FUNCTIONS = ("drift", "diffusion", "drift_dx", "diffusion_dx", "exact_step")
DRIVERS = ("dW", "I10", "A", "V", "rest")
INTERPRETATIONS: dict[float | str, str] = {
    0.0: "Ito",
    0.5: "Stratonovich",
    1.0: "backward",
    "any": "any interpretation",
}


def show_order(order: float) -> str:
    """Return an order of convergence as text; inf is that of a method without error."""
    if math.isinf(order):
        return "exact"
    return f"{order:g}"


@dataclass(frozen=True, repr=False)
class Method(Portable, Displayed):
    r"""A numerical scheme for an SDE: its step, and what is proved about it.

    Parameters
    ----------
    name : str
        The name of the scheme, as `METHODS` has it and messages show it.
    step : callable
        `step(*functions, t, x, dt, *drivers, args)`, which returns x at t + dt. The functions are
        called as `a(t, x, *args)`. A scalar problem has floats; a system has vectors, and b is a
        matrix for matrix noise. The same line serves all.
    strong_order, weak_order : dict of noise kind to float
        The orders of the theorem. A noise kind that is missing is refused. The kinds are "scalar",
        "diagonal", "additive", "commuting" and "general".
    calculus : float or "any"
        The interpretation the scheme converges to, as its lambda: 0.0 Ito, 0.5 Stratonovich, 1.0
        backward. For "any" the step gets the equation's lambda as one more argument, after args.
    reference : str
        The theorem's paper or book, with its number there.
    functions : tuple of str
        The functions that the step takes, as names of attributes of `SDE`: "drift", "diffusion",
        "drift_dx", "diffusion_dx"; or "exact_step", of a model.
    drivers : tuple of str
        What the step takes from the motion: "dW"; "I10" for int (W_s - W_t) ds; "A" for the Levy
        areas, a matrix with matrix noise, else 0.0; "V" for normals of the areas' variance that are
        independent of dW, which is all that a weak scheme needs; "rest" for one more normal.
    sources : tuple of str
        Their keys in `references.bib`, for `citation`.
    any_noise : bool
        Whether the step takes the increments of any process for dW: it sums b dW, and uses nothing
        that holds for Brownian motion alone, such as E dW^2 = dt.

    Raises
    ------
    TypeError
        If `step` is not a function, or `any_noise` neither True nor False.
    ValueError
        For noise kinds, drivers, functions or a calculus that do not exist; for noise kinds that
        have only one of the two orders; for a step that takes another number of arguments than
        these facts give it.

    Notes
    -----
    With X the solution and X^h the scheme with steps of length h, both at time T and on the same
    Brownian path, the strong order p and the weak order q are the largest numbers with

    .. math::

        \left( E |X - X^h|^2 \right)^{1/2} \le C h^p, \qquad
        |E f(X) - E f(X^h)| \le C_f h^q

    for small h, where f is smooth with polynomial growth [1]_.

    References
    ----------
    .. [1] P. E. Kloeden and E. Platen, Numerical Solution of Stochastic Differential Equations
       (Springer, 1992), sections 9.6 and 9.7. [kloedenplaten1992]

    Examples
    --------
    A scheme of your own is a function and its facts:

    >>> def euler(a, b, t, x, dt, dW, args):
    ...     return x + a(t, x, *args) * dt + b(t, x, *args) * dW
    >>> mine = Method(
    ...     name="mine",
    ...     step=euler,
    ...     strong_order={"scalar": 0.5},
    ...     weak_order={"scalar": 1.0},
    ...     calculus=0.0,
    ...     reference="Maruyama (1955)",
    ... )
    >>> mine.step(lambda t, x: -x, lambda t, x: 1.0, 0.0, 1.0, 0.5, 0.25, ())
    0.75
    """

    name: str
    step: StepFunction
    strong_order: Mapping[str, float]
    weak_order: Mapping[str, float]
    calculus: float | str
    reference: str
    functions: tuple[str, ...] = ("drift", "diffusion")
    drivers: tuple[str, ...] = ("dW",)
    sources: tuple[str, ...] = ()
    any_noise: bool = False

    @property
    def is_exact(self) -> bool:
        """Whether a step is the solution itself, for models that have it, and no scheme."""
        return self.functions == ("exact_step",)

    def __post_init__(self) -> None:
        self._check_texts()
        self._check_orders("strong_order", self.strong_order)
        self._check_orders("weak_order", self.weak_order)
        self._check_words("functions", self.functions, FUNCTIONS)
        self._check_words("drivers", self.drivers, DRIVERS)
        if set(self.strong_order) != set(self.weak_order):
            raise ValueError(
                f"strong_order of {self.name!r} has {sorted(self.strong_order)} and weak_order "
                f"{sorted(self.weak_order)}: give both orders for each noise kind"
            )
        checks.flag(f"any_noise of {self.name!r}", self.any_noise)
        self._check_calculus()
        self._check_step()

    def _describe(self) -> Description:
        words = INTERPRETATIONS.get(self.calculus, f"lambda = {self.calculus}")
        rows = tuple(
            (noise, show_order(order), show_order(self.weak_order[noise]))
            for noise, order in self.strong_order.items()
        )
        columns = {"noise": -10, "strong order": 6, "weak order": 6}
        return Description(
            title=f"Method {self.name} ({words}), takes {', '.join(self.functions)}",
            tables=(Table(title="", columns=columns, rows=rows),),
            remarks=(self.reference,),
        )

    def _check_orders(self, field: str, given: object) -> None:
        """Refuse orders that are no dict from noise kinds to positive numbers."""
        if not isinstance(given, Mapping):
            raise TypeError(
                f"{field}={show(given)} of {self.name!r} must be a dict from noise kinds to "
                "orders, "
                f'such as {{"diagonal": 0.5}}'
            )
        self._check_words(field, given, NOISE_KINDS)
        for noise, order in given.items():
            if not isinstance(order, float | int) or not order > 0:
                raise ValueError(
                    f"{field}[{noise!r}]={show(order)} of {self.name!r} must be a positive "
                    "number; inf means a scheme without error"
                )

    def _check_texts(self) -> None:
        """Refuse fields that are to be texts, or tuples of them, and are not."""
        for field in ("name", "reference"):
            if not isinstance(getattr(self, field), str):
                raise TypeError(f"{field}={show(getattr(self, field))} must be a text")
        for field in ("functions", "drivers", "sources"):
            given = getattr(self, field)
            if not isinstance(given, tuple) or not all(isinstance(text, str) for text in given):
                raise TypeError(
                    f'{field}={show(given)} of {self.name!r} must be a tuple of texts, ("dW",)'
                )

    def _check_words(self, field: str, given: Iterable[str], known: tuple[str, ...]) -> None:
        """Refuse a word in a field that no part of the package knows."""
        for word in given:
            if word not in known:
                raise ValueError(
                    f"{field} of {self.name!r} has {word!r}: it must be one of "
                    f"{', '.join(map(repr, known))}"
                )

    def _check_calculus(self) -> None:
        """Refuse a calculus that is neither "any" nor a lambda."""
        calculus = self.calculus
        if isinstance(calculus, str) and calculus == "any":
            return
        if (
            isinstance(calculus, str | bool)
            or not is_number(calculus)
            or not 0.0 <= calculus <= 1.0
        ):
            raise ValueError(
                f"calculus={show(calculus)} of {self.name!r} must be a lambda in [0, 1], 0.0 for "
                f"Ito, or 'any'"
            )
        object.__setattr__(self, "calculus", float(calculus))

    def _check_step(self) -> None:
        """Refuse a step that cannot take the arguments that the loop will give it."""
        if not callable(self.step):
            raise TypeError(f"step={show(self.step)} of {self.name!r} must be a function")
        arguments = [*self.functions, "t", "x", "dt", *self.drivers, "args"]
        if self.calculus == "any" and not self.is_exact:
            arguments.append("lam")
        try:
            inspect.signature(self.step).bind(*arguments)
        except TypeError as error:
            raise ValueError(
                f"step of {self.name!r} must take ({', '.join(arguments)}), which is what "
                f"functions={self.functions}, drivers={self.drivers} and "
                f"calculus={self.calculus!r} give it: {error}"
            ) from None
