"""What `solve` checks of arguments that depend on each other."""

from __future__ import annotations

from stochcalc.engine import checks
from stochcalc.engine.words import name_given
from stochcalc.motion.paths import BrownianPaths
from stochcalc.motion.processes.joint import Driver
from stochcalc.solver.fit import Fitted
from stochcalc.typing import Key, Seed


def check_target(
    target_stderr: float, noise: Driver | None, starts: bool, girsanov: object, killing: object
) -> float:
    """Return the standard error to reach, after a check that the number of paths is free.

    A run with weights is refused: the error that is looked at is that of the mean without them.
    """
    target = checks.number("target_stderr", target_stderr, above=0.0)
    given = ""
    if starts is True:
        given = "starts=True"
    if noise is not None:
        given = "noise="
    if given:
        raise ValueError(
            f"target_stderr={target:g} asks for as many paths as it takes, and {given} has a "
            "number of its own: leave one out"
        )
    if girsanov is not None or killing is not None:
        weight = "killing=" if girsanov is None else "girsanov="
        raise ValueError(
            f"target_stderr={target:g} looks at the error of the mean without weights, and "
            f"{weight} weighs the paths: leave one out, and give paths="
        )
    return target


def count_paths(noise: Driver, paths: int, t0: float, rng: Seed, key: Key) -> int:
    """Return the number of paths of the motion, which brings its own key and times as well."""
    if rng is not None or key is not None:
        given = name_given(rng=rng, key=key)
        raise ValueError(f"noise= brings its own key: leave {given} out")
    if checks.integer("paths", paths) not in (1, noise.paths):
        raise ValueError(f"paths={paths} and noise= has {noise.paths} paths: leave paths out")
    if checks.number("t0", t0) not in (0.0, noise.t[0]):
        raise ValueError(f"t0={t0!r} and noise= starts at {noise.t[0]:g}: leave t0 out")
    return noise.paths


def check_width(noise: Driver, problem: Fitted) -> None:
    """Raise a ValueError if the motion has another number of components than the diffusion."""
    width = problem.layout.width
    if noise.dim != width:
        remedy = f"draw brownian(dim={width})"
        if not isinstance(noise, BrownianPaths):
            remedy = "give one component for each column of the diffusion"
        raise ValueError(f"noise has dim={noise.dim} and the diffusion needs {width}: {remedy}")
