"""An SDE meets a scheme: the equation in the scheme's calculus, its functions probed, its noise
laid out in drivers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine import checks
from stochcalc.engine.functions.assemble import Step
from stochcalc.engine.functions.probe import probe
from stochcalc.engine.random.drivers import Driven, Layout
from stochcalc.engine.random.sources import KeyedNoise
from stochcalc.methods import METHODS, Method
from stochcalc.models import Model
from stochcalc.motion.brownian import BrownianPaths
from stochcalc.motion.partition import Partition
from stochcalc.sde import SDE
from stochcalc.solver.declared_noise import check_claims, floating


@dataclass(frozen=True, eq=False)
class Discretised:
    """A scheme's step on one SDE, ready for the time loop.

    Attributes
    ----------
    sde : SDE
        In the calculus of the scheme.
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


def check_sde(sde: Any) -> None:
    """Refuse what is no SDE."""
    if not isinstance(sde, SDE):
        raise TypeError(f"sde={sde!r} must be an SDE: SDE(drift, diffusion)")


def check_compiled(sde: SDE) -> None:
    """Refuse functions of arrays where the loop is compiled only."""
    if sde.vectorized:
        raise ValueError(
            "vectorized=True runs in NumPy, and this runs compiled: write drift and diffusion for "
            "floats, or "
            "x[0], x[1], ... and tuples"
        )


def check_merging(method: Method, sde: SDE) -> None:
    """Refuse steps whose noise does not merge from fine steps to coarse ones."""
    if method.functions == ("exact_step",) and isinstance(sde, Model) and "rest" in sde.drivers:
        raise ValueError(
            f"method 'exact' on several levels: the exact step of {sde.name} draws a normal that "
            f"coarser levels "
            "do not share; use reference='exact', which compares the others with it"
        )


def chosen(method: Any, name: str = "method") -> Method:
    """A scheme from its name in METHODS; a Method is taken as it is."""
    return method if isinstance(method, Method) else METHODS[checks.choice(name, method, METHODS)]


def discretise(
    sde: SDE, method: Method, start: NDArray[np.float64], dim: int, t: float = 0.0
) -> Discretised:
    """Probe the functions that the scheme takes at the start, and lay out its noise.

    Raises
    ------
    TypeError, ValueError
        For a scheme that does not fit the noise or the reading, a derivative that is missing,
        functions that fail.
    """
    check_sde(sde)
    _check_fit(sde, method)
    if isinstance(sde, Model) and dim != sde.dim:
        due = f"{sde.dim} numbers" if sde.dim else "one number"
        raise ValueError(
            f"x0={start.tolist() if dim else float(start[0])} does not fit: {sde.name} starts from "
            f"{due}"
        )
    x: Any = float(start[0]) if dim == 0 else tuple(float(value) for value in start)
    size, matrix = noise_size(floating(sde) if sde.vectorized else sde, t, x, dim)
    reading = sde if method.calculus == "any" else _read(sde, method)
    if method.functions == ("exact_step",):
        assert isinstance(sde, Model)
        return Discretised(
            sde,
            method,
            Step(sde.exact_step, (), sde.drivers),
            sde.args,
            sde.lam,
            dim,
            layout_of(sde.drivers, size, matrix),
        )
    asked = floating(reading) if sde.vectorized else reading
    functions = []
    for name in method.functions:
        function, tried = getattr(reading, name), getattr(asked, name)
        if function is None and name == "diffusion_dx" and sde.noise == "additive":
            function = tried = _zeros(dim, size if matrix else 0)
        kind, shape = _kind(name, sde.noise, dim, size, matrix)
        if function is None and getattr(sde, name) is not None:
            raise ValueError(
                f"{method.name} reads the equation with lam={method.calculus:g}, another drift "
                f"than the one with "
                f"this {name}: give the drift of that reading with its {name}, or {name}='central'"
            )
        if function is None:
            raise ValueError(
                f"{method.name} needs {name}=: give the derivative, or {name}='central' for "
                f"central differences"
            )
        probe(name, tried, t, x, sde.args, shape=shape)
        functions.append((function, kind))
    step = Step(method.step, tuple(functions), method.drivers, method.calculus == "any")
    areas = matrix and sde.noise == "general"
    layout = layout_of(method.drivers, size, matrix, areas)
    return Discretised(reading, method, step, sde.args, sde.lam, dim, layout)


def _read(sde: SDE, method: Method) -> SDE:
    """The equation in the scheme's calculus."""
    try:
        return sde.to(float(method.calculus))
    except ValueError as error:
        raise ValueError(
            f"{method.name} reads equations with lam={method.calculus:g}, and {error}"
        ) from None


def layout_of(drivers: Iterable[str], size: int, matrix: bool, areas: bool = True) -> Layout:
    """The rows that serve these drivers."""
    names = set(drivers)
    return Layout(
        size,
        matrix,
        "I10" in names,
        areas and matrix and "A" in names,
        areas and matrix and "V" in names,
        1 if "rest" in names else 0,
    )


def source_of(
    parts: Iterable[Discretised], grid: Partition, key: int, noise: BrownianPaths | None = None
) -> Any:
    """The noise that drives all these steps along one motion: drawn from the key, or a motion
    given.
    """
    parts = list(parts)
    layout = parts[0].layout
    for part in parts[1:]:
        layout = layout.union(part.layout)
    factor = None if noise is None else noise.factor
    if factor is not None:
        for part in parts:
            _check_correlated(part)
    increments = (
        KeyedNoise(key, grid.steps, layout.size)
        if noise is None
        else noise.noise(plain=layout.size == 0)
    )
    if layout.rows == layout.size:
        return increments, layout
    if noise is not None and noise.parent is not None:
        raise ValueError(
            f"{parts[0].method.name} takes more of the motion than its increments, and noise= was "
            f"refined or "
            "coarsened: draw it on this grid"
        )
    return Driven(
        increments, layout, key if noise is None else noise.key, grid.steps, factor
    ), layout


def _check_correlated(part: Discretised) -> None:
    """Refuse what takes E dW_j dW_k = 0 for granted: products of different increments, areas, and
    changes of the reading.
    """
    method, lam = part.method, part.lam
    if not part.layout.matrix or part.sde.noise == "additive":
        return
    if (
        method.functions == ("exact_step",)
        or method.drivers != ("dW",)
        or "diffusion_dx" in method.functions
    ):
        raise ValueError(
            f"{method.name} needs independent components, and noise= is correlated: put the "
            f"correlation into the "
            "diffusion, b times its lower Cholesky factor"
        )
    if method.calculus not in ("any", lam):
        raise ValueError(
            f"{method.name} reads the equation with lam={method.calculus:g}, and from lam={lam:g} "
            f"the drift "
            "changes by products of independent components, and noise= is correlated: put the "
            "correlation "
            "into the diffusion, b times its lower Cholesky factor"
        )


def _check_fit(sde: SDE, method: Method) -> None:
    """Refuse a scheme without a theorem for this noise."""
    if method.functions == ("exact_step",) and not (
        isinstance(sde, Model) and sde.exact_step is not None
    ):
        raise ValueError(
            "method='exact' needs a model with an exact path, such as models.gbm: use "
            "method='euler_maruyama'"
        )
    if sde.noise not in method.strong_order:
        fitting = [
            name
            for name, other in METHODS.items()
            if sde.noise in other.strong_order and name != "exact"
        ]
        raise ValueError(
            f"{method.name} has no theorem for {sde.noise} noise: use "
            f"method={' or '.join(map(repr, fitting))}"
        )


def noise_size(sde: SDE, t: float, x: Any, dim: int) -> tuple[int, bool]:
    """(components of dW, 0 for a plain float; whether the diffusion is a matrix), after probing
    drift and diffusion.
    """
    probe("drift", sde.drift, t, x, sde.args, shape=() if dim == 0 else (dim,))
    if dim == 0 and sde.noise in ("commuting", "general"):
        raise ValueError(
            f"noise={sde.noise!r} needs a system and x0={x:g} is a number: use noise='diagonal'"
        )
    value = _tried(sde, t, x) if dim else None
    if value is not None and _is_rows(value) and sde.noise in ("scalar", "diagonal"):
        raise ValueError(
            f"diffusion returns rows of numbers, and noise={sde.noise!r} takes one number per "
            f"component: say "
            "noise='general', or 'commuting' or 'additive' where that holds"
        )
    rows = sde.noise in ("commuting", "general") or (sde.noise == "additive" and _is_rows(value))
    if not rows:
        probe("diffusion", sde.diffusion, t, x, sde.args, shape=() if dim == 0 else (dim,))
        size, matrix = 0 if dim == 0 or sde.noise == "scalar" else dim, False
    else:
        value = sde.diffusion(t, x, *sde.args)
        size, matrix = len(value[0]) if _is_rows(value) else 1, True
        probe("diffusion", sde.diffusion, t, x, sde.args, shape=(dim, size))
    check_claims(sde, t, x)
    return size, matrix


def _tried(sde: SDE, t: float, x: Any) -> Any:
    """What the diffusion returns, if it returns: what is wrong with it is for its probe to say."""
    try:
        return sde.diffusion(t, x, *sde.args)
    except Exception:
        return None


def _is_rows(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and isinstance(value[0], tuple)


def _kind(name: str, noise: str, dim: int, size: int, matrix: bool) -> tuple[str, tuple[int, ...]]:
    """How a function is compiled, and the shape it returns."""
    if dim == 0:
        return "scalar", ()
    if name == "drift":
        return "vector", (dim,)
    if name == "drift_dx" or (name == "diffusion_dx" and noise == "scalar"):
        return "matrix", (dim, dim)
    if name == "diffusion":
        return ("matrix", (dim, size)) if matrix else ("vector", (dim,))
    return ("tensor", (dim, size, dim)) if matrix else ("vector", (dim,))


def _zeros(dim: int, columns: int) -> Any:
    """The derivative of additive noise."""
    row: Any = (0.0,) * dim
    value = 0.0 if dim == 0 else row if columns == 0 else ((row,) * columns,) * dim
    return lambda t, x, *args: value
