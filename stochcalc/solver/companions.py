"""What looks at every step of a path beside an equation: one of three, or nothing.

A condition stops paths (`stopping`), a weight is carried along (`weighing`), and walls push paths
back (`walls`). Each is a watch (see `engine.functions.watched`), which keeps marks in rows below
the state.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

import numpy as np

from stochcalc.engine.loop.march import March
from stochcalc.engine.random.sources import Source
from stochcalc.engine.words import shorten
from stochcalc.motion.paths import BrownianPaths
from stochcalc.motion.processes.joint import Driver
from stochcalc.solver.fit import Fitted
from stochcalc.solver.stopping import Condition, check_condition
from stochcalc.solver.walls import Walls, add_exponentials, check_walls, warn_of_wide_steps
from stochcalc.solver.weighing import Weight, check_weight
from stochcalc.typing import Array, Key, MotionDrift, Rate, StopCondition, WallLevels

Companion: TypeAlias = Condition | Weight | Walls


def choose_companion(
    problem: Fitted,
    t: float,
    starts: Array,
    driver: Driver | None,
    longest: float,
    *,
    common: bool,
    stop: StopCondition | None,
    girsanov: MotionDrift | None,
    killing: Rate | None,
    reflect: WallLevels | None,
) -> Companion | None:
    """Return what looks at the steps of each path, tried at the start; None for nothing.

    Parameters
    ----------
    problem : Fitted
        The equation and its scheme.
    t : float
        The time of the start.
    starts : ndarray
        Initial states: one row, or one row for each path.
    driver : BrownianPaths, Process, JointNoise or None
        The noise that was given.
    longest : float
        The length of the longest step.
    common : bool
        Whether all paths start in one state.
    stop, girsanov, killing, reflect
        What `solve` was given.

    Raises
    ------
    TypeError, ValueError
        For functions or walls that are refused, and for two companions.
    """
    _check_one(stop, girsanov, killing, reflect)
    if girsanov is not None:
        _check_brownian("girsanov= changes the drift of Brownian motion", driver)
    if reflect is not None:
        _check_brownian("reflect= needs the bridges of Brownian motion", driver)
    if stop is not None:
        condition = check_condition(
            stop,
            t,
            starts[0],
            problem.dim,
            problem.args,
            arrays=problem.sde.vectorized,
            common=common,
        )
        return Condition(condition)
    if reflect is not None:
        levels = check_walls(reflect, starts, problem.dim, problem.sde.vectorized)
        b = problem.sde.diffusion(t, float(starts[0, 0]), *problem.args)
        warn_of_wide_steps(levels, float(b), longest)
        return Walls(problem.sde.diffusion, levels, first=max(problem.layout.rows, 1))
    return check_weight(girsanov, killing, t, starts[0], problem)


def _check_one(stop: object, girsanov: object, killing: object, reflect: object) -> None:
    """Raise a ValueError for two companions at once."""
    weight = {"girsanov": girsanov}
    if girsanov is None:
        weight = {"killing": killing}
    given = {"stop": stop, **weight, "reflect": reflect}
    names = [name for name, value in given.items() if value is not None]
    if len(names) > 1:
        raise ValueError(
            f"{names[-1]}={shorten(given[names[-1]])} and {names[0]}= were both given, and a run "
            "has one of them: leave one out"
        )


def _check_brownian(why: str, driver: Driver | None) -> None:
    """Raise a ValueError for noise that is given and is no Brownian motion of independent parts."""
    if driver is None:
        return
    if not isinstance(driver, BrownianPaths):
        raise ValueError(
            f"{why}, and noise= has another process: give brownian(...), or leave it out"
        )
    if driver.factor is not None:
        raise ValueError(
            f"{why} with independent components, and noise= has correlated ones: draw "
            "brownian(dim=...) without correlation=, and put the correlation into the diffusion"
        )


def watch_paths(job: March, companion: Companion) -> March:
    """Return the job whose paths are looked at, with the marks of the watch below the state."""
    marks = np.repeat([companion.marks], len(job.starts), axis=0)
    return replace(
        job,
        watch=companion,
        starts=np.hstack([job.starts, marks]),
        args=(job.args, companion.parameters),
        kept=companion.count(job.dim, job.save_rows),
    )


def join_noise(companion: Companion | None, source: Source, key: Key) -> Source:
    """Return the noise with what the companion needs beside it."""
    if not isinstance(companion, Walls):
        return source
    if key is None:
        raise ValueError(
            "reflect= needs bridges between the grid times, which are drawn from the key of the "
            "motion, and noise= was given by its increments: draw brownian(...)"
        )
    return add_exponentials(source, key)
