"""The second half of the solver: one scheme is put on an SDE that has been examined.

The equation is taken in the scheme's calculus, the functions that the scheme asks for are tried,
and its noise is laid out in drivers. A study of twelve schemes examines once and fits twelve times.
`sources` then finds what the drivers are drawn from.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from stochcalc.engine import checks
from stochcalc.engine.functions.assemble import Step
from stochcalc.engine.functions.failures import Advice
from stochcalc.engine.functions.probe import probe
from stochcalc.engine.random.layout import Layout
from stochcalc.engine.words import shorten
from stochcalc.methods import METHODS, Method
from stochcalc.models import Model
from stochcalc.sde import CENTRAL, SDE
from stochcalc.solver.array_functions import convert_to_floats
from stochcalc.solver.examine import Examined
from stochcalc.solver.step_trial import try_step
from stochcalc.typing import DiffusionFunction, Parameters


@dataclass(frozen=True, eq=False)
class Fitted:
    """A scheme's step on one SDE, ready for the time loop.

    Attributes
    ----------
    sde : SDE
        The equation, in the calculus of the scheme.
    method : Method
        The scheme.
    step : Step
        The scheme's step with the functions of the equation.
    args : tuple
        The parameters of these functions.
    lam : float
        The lambda of the equation as it was given, for a step that takes it.
    dim : int
        Components of the state; 0 for a scalar problem.
    layout : Layout
        The rows of noise that the step reads.
    """

    sde: SDE
    method: Method
    step: Step
    args: Parameters
    lam: float
    dim: int
    layout: Layout


def choose(method: object, name: str = "method") -> Method:
    """Return the scheme of this name in METHODS; a Method is returned as it is.

    Raises
    ------
    ValueError
        If there is no such scheme; `name` is what the error calls the argument.
    """
    if isinstance(method, Method):
        return method
    return METHODS[checks.choice(name, method, METHODS)]


def fit(examined: Examined, method: Method) -> Fitted:
    """Put a scheme on an SDE.

    Parameters
    ----------
    examined : Examined
        An equation and its start.
    method : Method
        A scheme.

    Raises
    ------
    TypeError, ValueError
        For a scheme that has no theorem for the noise or cannot change the lambda of the equation,
        for a derivative that is missing, for functions that fail, for a step that returns no state.
    """
    sde = examined.sde
    _check_fit(sde, method)
    if method.is_exact:
        assert isinstance(sde, Model) and sde.exact_step is not None
        equation: SDE = sde
        step = Step(sde.exact_step, drivers=sde.drivers)
        layout = _choose_layout(sde.drivers, examined, areas=True)
    else:
        equation = _read(sde, method)
        functions = tuple(_take(name, examined, equation, method) for name in method.functions)
        step = Step(
            function=method.step,
            functions=functions,
            drivers=method.drivers,
            reading=method.calculus == "any",
        )
        try_step(method, equation, examined)
        layout = _choose_layout(method.drivers, examined, areas=sde.noise == "general")
    return Fitted(
        sde=equation,
        method=method,
        step=step,
        args=sde.args,
        lam=sde.lam,
        dim=examined.dim,
        layout=layout,
    )


def _read(sde: SDE, method: Method) -> SDE:
    """Return the equation in the scheme's calculus, which may change its drift."""
    if method.calculus == "any":
        return sde
    try:
        return sde.interpret(float(method.calculus))
    except ValueError as error:
        raise ValueError(
            f"{method.name} reads equations with lam={method.calculus:g}, and {error}"
        ) from None


def _take(name: str, examined: Examined, equation: SDE, method: Method) -> tuple[Any, str]:
    """Return (function, kind): what the scheme takes from the equation under this name.

    It is called once at the start. A function that returns an integer there is made a function of
    floats, since sums and products of integers in a scheme would overflow in silence.
    """
    sde = examined.sde
    function = equation.function(name)
    is_additive = name == "diffusion_dx" and sde.noise == "additive"
    is_zero = is_additive and not callable(sde.diffusion_dx)
    if is_zero:
        function = _zeros(examined)
    if function is None and sde.function(name) is not None:
        raise ValueError(
            f"{method.name} reads the equation with lam={method.calculus:g}, another drift than "
            f"the one with this {name}: give the drift of that reading with its {name}, or "
            f"{name}='central'"
        )
    if function is None:
        raise ValueError(
            f"{method.name} needs {name}=: give the derivative, or {name}='central' for central "
            "differences"
        )
    kind, shape = choose_kind(name, examined)
    plain: Any = function
    if sde.vectorized and not is_zero:
        plain = convert_to_floats(equation).function(name)
    advice = _advise(name, examined, equation)
    value = probe(name, plain, examined.t, examined.x, sde.args, shape=shape, advice=advice)
    if kind == "scalar" and isinstance(value, float):
        kind = "float"
    return function, kind


def _advise(name: str, examined: Examined, equation: SDE) -> Advice | None:
    """Return what to do where a function that takes central differences fails; None for others."""
    sde = examined.sde
    word = name
    if name == "drift" and equation.drift is not sde.drift:
        word = "diffusion_dx"  # the drift was corrected by the slopes of the diffusion
    if getattr(sde, word) != CENTRAL:
        return None
    x0 = shorten(examined.x)
    return Advice(
        place=f" near x0={x0}, where {word}='central' takes differences",
        action=f"give the derivative, {word}=lambda t, x: ..., or another x0",
    )


def choose_kind(name: str, examined: Examined) -> tuple[str, tuple[int, ...]]:
    """Return how a function is compiled, in the words of `assemble`, and the shape it returns."""
    dim = examined.dim
    size = examined.size
    if dim == 0:
        return "scalar", ()
    if name == "drift":
        return "vector", (dim,)
    if name == "drift_dx" or (name == "diffusion_dx" and examined.sde.noise == "scalar"):
        return "matrix", (dim, dim)
    if not examined.matrix:
        return "vector", (dim,)
    if name == "diffusion":
        return "matrix", (dim, size)
    return "tensor", (dim, size, dim)


def _zeros(examined: Examined) -> DiffusionFunction:
    """Return the derivative of additive noise, which is 0."""
    dim = examined.dim
    row: Any = (0.0,) * dim
    value: Any = row
    if dim == 0:
        value = 0.0
    elif examined.matrix:
        value = ((row,) * examined.size,) * dim
    return lambda t, x, *args: value


def _check_fit(sde: SDE, method: Method) -> None:
    """Refuse a scheme without a theorem for this noise."""
    if method.is_exact and not (isinstance(sde, Model) and sde.exact_step is not None):
        raise ValueError(
            "method='exact' needs a model with an exact path, such as models.gbm: use "
            "method='euler_maruyama'"
        )
    if sde.noise not in method.strong_order:
        fitting = [
            name
            for name, other in METHODS.items()
            if sde.noise in other.strong_order and not other.is_exact
        ]
        raise ValueError(
            f"{method.name} has no theorem for {sde.noise} noise: use "
            f"method={' or '.join(map(repr, fitting))}; if the diffusion is of a kind that it has "
            f"one for, declare it, SDE(..., noise={' or '.join(map(repr, method.strong_order))})"
        )


def _choose_layout(drivers: Iterable[str], examined: Examined, *, areas: bool) -> Layout:
    """Return the rows of noise that hold these drivers.

    Only if `areas` holds are areas drawn, for those schemes that ask for them. The others get zeros
    in their place: while the noises commute, areas drop out.
    """
    return Layout.of(
        drivers,
        size=examined.size,
        matrix=examined.matrix,
        draw_areas=areas and examined.matrix,
    )
