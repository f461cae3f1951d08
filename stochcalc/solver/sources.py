"""What drives a fitted step: noise that is drawn from a key, or that of a stored motion."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from stochcalc.engine import memory
from stochcalc.engine.random.drivers import add_drivers
from stochcalc.engine.random.layout import Layout
from stochcalc.engine.random.sources import KeyedNoise, Source
from stochcalc.engine.statistics import LANES
from stochcalc.methods import METHODS, Method
from stochcalc.models import Model
from stochcalc.motion.partition import Partition
from stochcalc.motion.paths import BrownianPaths
from stochcalc.motion.processes.joint import Driver
from stochcalc.sde import SDE
from stochcalc.solver.fit import Fitted
from stochcalc.solver.grid import Grid
from stochcalc.typing import Key


def make_keyed_source(parts: Iterable[Fitted], grid: Partition, key: int) -> tuple[Source, Layout]:
    """Return the noise that drives all these steps, drawn from a key, and its layout.

    Parameters
    ----------
    parts : iterable of Fitted
        Schemes on one equation.
    grid : Partition
        The steps.
    key : int
        The key of the motion.
    """
    layout = _joint_layout(parts)
    increments = KeyedNoise(key, grid.steps, layout.size)
    return add_drivers(increments, layout, key, grid.steps), layout


def choose_source(
    part: Fitted, grid: Grid, paths: int, key: Key, noise: Driver | None
) -> tuple[Source, Layout]:
    """Return the noise that drives a step, and its layout.

    Where times to save cut the steps of the grid, the motion stays what it is: a step that takes
    its increments alone gets those of the same path between the new points. Schemes that take more
    of the motion, such as areas, get a motion that is drawn on the new grid, which is another one.

    Parameters
    ----------
    part : Fitted
        A scheme on an equation.
    grid : Grid
        The steps.
    paths : int
        The number of paths.
    key : int or None
        The key from which the noise is drawn, if there is no motion.
    noise : BrownianPaths, Process, JointNoise or None
        The motion.

    Raises
    ------
    ValueError
        If the scheme takes more from the motion than it has.
    """
    layout = part.layout
    increments_alone = layout.rows == layout.size
    if noise is None and not (grid.is_cut and increments_alone):
        assert key is not None  # only a motion may be without a key
        return make_keyed_source([part], grid.steps, key)
    if noise is None:
        noise = BrownianPaths(
            partition=grid.base, paths=paths, dim=max(layout.size, 1), key=key, store=False
        )
    if not isinstance(noise, BrownianPaths):
        _refuse_cut(grid)
        return noise.noise(plain=layout.size == 0), layout
    if grid.is_cut:
        noise = _cut(part, grid, noise)
    if noise.factor is not None:
        _check_correlated(part)
    increments: Source = noise.noise(plain=layout.size == 0)
    if increments_alone:
        return increments, layout
    if not noise.is_drawn:
        raise ValueError(
            f"{part.method.name} takes more of the motion than its increments, and noise= "
            f"{noise.origin}: draw it on this grid"
        )
    key = noise.find_key(part.method.name)
    return add_drivers(increments, layout, key, noise.partition.steps, noise.factor), layout


def _cut(part: Fitted, grid: Grid, noise: BrownianPaths) -> BrownianPaths:
    """Return the same motion on the grid whose steps are cut at the times to save."""
    missing = float(np.setdiff1d(grid.steps.times, grid.base.times)[0])
    if not noise.has_interior:
        raise ValueError(
            f"save={missing!r} is no grid time of noise=, which {noise.origin} and is not known "
            f"between them: choose among noise.t"
        )
    if part.layout.rows > part.layout.size:
        raise ValueError(
            f"save={missing!r} is no grid time of noise=, and {part.method.name} takes more of the "
            f"motion than its increments: choose among noise.t, or a method that takes dW alone"
        )
    memory.budget_part(
        "the noise of 256 paths, whose steps are cut at the save times",
        2 * LANES * grid.steps.n * noise.dim,
        "choose save times on the grid",
    )
    return noise.cut(grid.steps)


def check_process(method: Method, sde: SDE) -> None:
    """Raise a ValueError for a scheme or an equation that needs Brownian motion.

    The drift that a change of lambda adds holds for Brownian motion: it has dt for dW^2.
    """
    takers = " or ".join(repr(name) for name, other in METHODS.items() if other.any_noise)
    if not method.any_noise:
        raise ValueError(
            f"method={method.name!r} needs the increments of Brownian motion, and noise= is "
            f"another process: use {takers}"
        )
    if method.calculus not in ("any", sde.lam) and sde.noise != "additive":
        raise ValueError(
            f"method={method.name!r} reads an equation with lam={method.calculus:g}, and the drift "
            f"that leads there from lam={sde.lam:g} holds for Brownian motion alone: write the "
            f"equation of another process as SDE(..., lam={method.calculus:g}), or use "
            f"'lambda_euler', which reads any lam"
        )


def _refuse_cut(grid: Grid) -> None:
    """Raise a ValueError for times to save inside the steps of a process."""
    if grid.is_cut:
        missing = float(np.setdiff1d(grid.steps.times, grid.base.times)[0])
        raise ValueError(
            f"save={missing!r} is no grid time of noise=, which is not known between them: choose "
            f"among noise.t"
        )


def _joint_layout(parts: Iterable[Fitted]) -> Layout:
    """Return a layout with the drivers of all these steps."""
    first, *others = (part.layout for part in parts)
    for layout in others:
        first = first.union(layout)
    return first


def check_merging(part: Fitted) -> None:
    """Raise a ValueError for steps whose noise does not merge from fine steps to coarse ones."""
    if isinstance(part.sde, Model) and part.method.is_exact and "rest" in part.step.drivers:
        raise ValueError(
            f"method 'exact' on several levels: the exact step of {part.sde.name} draws a normal "
            "that coarser levels do not share; use reference='exact', which compares the others "
            "with it"
        )


def _check_correlated(part: Fitted) -> None:
    """Raise a ValueError for a step that takes E dW_j dW_k = 0 for granted.

    Products of different increments do, areas do, and so does a change of lambda.
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
