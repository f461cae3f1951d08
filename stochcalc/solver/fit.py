"""The second half of the solver: one scheme is put on an SDE that has been examined.

The equation is taken in the scheme's calculus, the functions that the scheme asks for are tried,
and its noise is laid out in drivers. A study of twelve schemes examines once and fits twelve times.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from stochcalc.engine import checks
from stochcalc.engine.functions.assemble import Step
from stochcalc.engine.functions.probe import probe
from stochcalc.engine.random.drivers import Driven, Layout
from stochcalc.engine.random.sources import KeyedNoise, Source
from stochcalc.methods import METHODS, Method
from stochcalc.models import Model
from stochcalc.motion.partition import Partition
from stochcalc.motion.paths import BrownianPaths
from stochcalc.sde import SDE
from stochcalc.solver.array_functions import floating
from stochcalc.solver.examine import Examined


@dataclass(frozen=True, eq=False)
class Fitted:
    """A scheme's step on one SDE, ready for the time loop.

    Attributes
    ----------
    sde : SDE
        In the calculus of the scheme.
    method : Method
    step : Step
    args : tuple
        Of the functions.
    lam : float
        How the equation is read, for a step that takes it.
    dim : int
        Components of the state; 0 for a scalar problem.
    layout : Layout
        The rows of noise it takes.
    """

    sde: SDE
    method: Method
    step: Step
    args: tuple[Any, ...]
    lam: float
    dim: int
    layout: Layout


def choose(method: Any, name: str = "method") -> Method:
    """Return the scheme of this name in METHODS; a Method is taken as it is."""
    return method if isinstance(method, Method) else METHODS[checks.choice(name, method, METHODS)]


def fit(examined: Examined, method: Method) -> Fitted:
    """Put a scheme on an SDE.

    Raises
    ------
    TypeError, ValueError
        For a scheme that does not fit the noise or the reading, a derivative that is missing,
        functions that fail.
    """
    sde = examined.sde
    _check_fit(sde, method)
    if method.is_exact:
        assert isinstance(sde, Model) and sde.exact_step is not None
        step = Step(sde.exact_step, (), sde.drivers)
        layout = layout_of(sde.drivers, examined.size, examined.matrix)
        return Fitted(sde, method, step, sde.args, sde.lam, examined.dim, layout)
    reading = _read(sde, method)
    tried = floating(reading) if sde.vectorized else reading
    functions = tuple(_take(name, examined, reading, tried, method) for name in method.functions)
    step = Step(method.step, functions, method.drivers, method.calculus == "any")
    areas = examined.matrix and sde.noise == "general"
    layout = layout_of(method.drivers, examined.size, examined.matrix, areas)
    return Fitted(reading, method, step, sde.args, sde.lam, examined.dim, layout)


def _read(sde: SDE, method: Method) -> SDE:
    """Return the equation in the scheme's calculus."""
    if method.calculus == "any":
        return sde
    try:
        return sde.interpret(float(method.calculus))
    except ValueError as error:
        raise ValueError(
            f"{method.name} reads equations with lam={method.calculus:g}, and {error}"
        ) from None


def _take(
    name: str, examined: Examined, reading: SDE, tried: SDE, method: Method
) -> tuple[Any, str]:
    """Return (function, kind): what the scheme takes from the equation under this name.

    It is called once at the start; `tried` is the same equation in functions of floats. A function
    that returns an integer there is made a function of floats, since sums and products of integers
    in a scheme would overflow in silence.
    """
    sde = examined.sde
    function = reading.function(name)
    if function is None and name == "diffusion_dx" and sde.noise == "additive":
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
    kind, shape = _kind_of(name, examined)
    plain = tried.function(name) or function
    value = probe(name, plain, examined.t, examined.x, sde.args, shape=shape)
    if kind == "scalar" and isinstance(value, float):
        kind = "float"
    return function, kind


def _kind_of(name: str, examined: Examined) -> tuple[str, tuple[int, ...]]:
    """Return how a function is compiled, and the shape it returns."""
    dim = examined.dim
    size = examined.size
    if dim == 0:
        return "scalar", ()
    if name == "drift":
        return "vector", (dim,)
    if name == "drift_dx" or (name == "diffusion_dx" and examined.sde.noise == "scalar"):
        return "matrix", (dim, dim)
    if name == "diffusion":
        return ("matrix", (dim, size)) if examined.matrix else ("vector", (dim,))
    return ("tensor", (dim, size, dim)) if examined.matrix else ("vector", (dim,))


def _zeros(examined: Examined) -> Any:
    """Return the derivative of additive noise."""
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
            f"method={' or '.join(map(repr, fitting))}"
        )


# ---- noise


def layout_of(drivers: Iterable[str], size: int, matrix: bool, areas: bool = True) -> Layout:
    """Return the rows that serve these drivers."""
    names = set(drivers)
    return Layout(
        size,
        matrix,
        second="I10" in names,
        areas=areas and matrix and "A" in names,
        loose=areas and matrix and "V" in names,
        rest=1 if "rest" in names else 0,
    )


def keyed_source(parts: Iterable[Fitted], grid: Partition, key: int) -> tuple[Source, Layout]:
    """Return (source, layout): the noise that drives all these steps, drawn from a key."""
    layout = _joint_layout(parts)
    increments = KeyedNoise(key, grid.steps, layout.size)
    if layout.rows == layout.size:
        return increments, layout
    return Driven(increments, layout, key, grid.steps), layout


def source_of(
    part: Fitted, grid: Partition, key: int, noise: BrownianPaths | None
) -> tuple[Source, Layout]:
    """Return (source, layout): the noise that drives a step, of a motion or drawn from the key."""
    if noise is None:
        return keyed_source([part], grid, key)
    layout = part.layout
    if noise.factor is not None:
        _check_correlated(part)
    increments: Any = noise.noise(plain=layout.size == 0)
    if layout.rows == layout.size:
        return increments, layout
    if noise.parent is not None:
        raise ValueError(
            f"{part.method.name} takes more of the motion than its increments, and noise= was "
            "refined or coarsened: draw it on this grid"
        )
    return Driven(increments, layout, noise.key, grid.steps, noise.factor), layout


def _joint_layout(parts: Iterable[Fitted]) -> Layout:
    """Return the rows that serve all these steps."""
    first, *others = (part.layout for part in parts)
    for layout in others:
        first = first.union(layout)
    return first


def check_merging(part: Fitted) -> None:
    """Refuse steps whose noise does not merge from fine steps to coarse ones."""
    if isinstance(part.sde, Model) and part.method.is_exact and "rest" in part.step.drivers:
        raise ValueError(
            f"method 'exact' on several levels: the exact step of {part.sde.name} draws a normal "
            "that coarser levels do not share; use reference='exact', which compares the others "
            "with it"
        )


def _check_correlated(part: Fitted) -> None:
    """Refuse what takes E dW_j dW_k = 0 for granted: products of different increments, areas, and
    changes of the reading.
    """
    method = part.method
    if not part.layout.matrix or part.sde.noise == "additive":
        return
    products = method.drivers != ("dW",) or "diffusion_dx" in method.functions
    if method.is_exact or products:
        raise ValueError(
            f"{method.name} needs independent components, and noise= is correlated: put the "
            "correlation into the diffusion, b times its lower Cholesky factor"
        )
    if method.calculus not in ("any", part.lam):
        raise ValueError(
            f"{method.name} reads the equation with lam={method.calculus:g}, and from "
            f"lam={part.lam:g} the drift changes by products of independent components, and noise= "
            "is correlated: put the correlation into the diffusion, b times its lower Cholesky "
            "factor"
        )
