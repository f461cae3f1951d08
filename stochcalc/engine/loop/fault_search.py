"""Finding out why a path left the finite range: the place of a fault in a user's function.

A compiled function that reads beyond a table returns nan, as does one whose integers leave 64 bits
(see `engine/functions/faults`). When paths turn out to be nan, one block of them is moved again, up
to the step at which the first numbers were lost, and the user's functions are called in Python with
the states there. An IndexError that Python raises is raised, with the place; if Python returns a
number where the compiled function does not, that is an error too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from stochcalc.engine.compiler.fingerprint import unwrap
from stochcalc.engine.compiler.numba_objects import Function
from stochcalc.engine.functions.assemble import Step, observe_state
from stochcalc.engine.functions.failures import describe_places
from stochcalc.engine.functions.trials import Trial, compare
from stochcalc.engine.functions.watched import find_watched_trials
from stochcalc.engine.loop.march import March
from stochcalc.engine.loop.numpy_march import Batch
from stochcalc.engine.statistics import LANES
from stochcalc.engine.words import shorten
from stochcalc.typing import Array, Integers

MOST_KEPT = 512  # states of a path that are looked at together


def find_fault(job: object, path: int) -> None:
    """Raise the error of a user's function that made a path nan, if it was a function that did.

    Parameters
    ----------
    job : Job
        The job that was run; only a march is searched.
    path : int
        The first path that is not finite; those of its block are searched with it.

    Raises
    ------
    IndexError
        If a function reads beyond a table; names the function and its arguments.
    ValueError
        If Python returns a number where the compiled function returns nan.
    """
    if not isinstance(job, March) or not isinstance(job.step, Step) or job.step.arrays:
        return
    if job.watch is not None:
        _search_watched(job, path)
        return
    block = path // LANES
    n = len(job.steps)
    stride = -(-n // MOST_KEPT)
    keep = np.unique(np.append(np.arange(0, n, stride), n))
    states = _keep_states(job, block, keep)
    lost = _first_lost(states)
    if lost <= 0:
        return
    keep = np.arange(keep[lost - 1], keep[lost] + 1)
    states = _keep_states(job, block, keep)
    lost = _first_lost(states)
    if lost <= 0:
        return
    for before, after in zip(states[:, lost - 1], states[:, lost], strict=True):
        if np.isfinite(before).all() and not np.isfinite(after).all():
            step = int(keep[lost - 1])
            _try_functions(job, float(job.times[step]), before)
            later = np.where(np.isfinite(after), after, before)
            _try_functions(job, float(job.times[step + 1]), later)
    _step_in_python(job, int(keep[lost - 1]), states[:, lost - 1], block * LANES)


def _search_watched(job: March, path: int) -> None:
    """Search a path with a watch: call the functions at its states.

    A watch that stops paths is left out: until the path was lost it was not stopped. Any other
    stays, because it moves the path. Other paths may go where the watch has stopped them, and are
    not looked at.
    """
    assert job.watch is not None
    rows = max(job.dim, 1)
    plain = job
    if job.watch.stops:
        starts = np.ascontiguousarray(job.starts[:, :rows])
        plain = replace(job, watch=None, starts=starts, args=job.args[0])
    n = len(job.steps)
    keep = np.unique(np.append(np.arange(0, n, -(-n // MOST_KEPT)), n))
    states = _keep_states(plain, path // LANES, keep)[path % LANES]
    for k, state in zip(keep, states, strict=True):
        if not np.isfinite(state).all():
            return
        _try_functions(job, float(job.times[k]), state)


def _keep_states(job: March, block: int, keep: Integers) -> Array:
    """Return the states of the paths of a block after these steps, shape (paths, steps, rows)."""
    rows = max(job.dim, 1)
    kept = job.height  # the state, with the marks of a watch
    part = replace(job, keep=keep, kept=kept, observe=observe_state, save_rows=True)
    result = part.compute(block, block + 1, None, np.zeros(1, np.uint8)).rows
    assert result is not None
    return result.reshape(len(result), len(keep), kept)[:, :, :rows]


def _first_lost(states: Array) -> int:
    """Return the first place along the second axis where a number is not finite; -1 for none."""
    lost = ~np.isfinite(states).all(axis=(0, 2))
    if not lost.any():
        return -1
    return int(np.argmax(lost))


def _try_functions(job: March, t: float, x: Array) -> None:
    """Call the user's functions at a time and a state, and raise what went wrong there."""
    assert isinstance(job.step, Step)
    if job.watch is None:
        trials = job.step.trials(t, x, job.dim, job.args)
    else:
        trials = find_watched_trials(job.step, job.watch, t, x, job.dim, job.args)
    for trial in trials:
        _call_in_python(trial)
    compare(job.advance, trials)


def _step_in_python(job: March, k: int, states: Array, low: int) -> None:
    """Take step k in Python, whose stages call the functions at states of their own.

    Steps that are written for Vec alone are left out.
    """
    assert isinstance(job.step, Step)
    if not job.step.drivers or job.layout is None:
        return
    functions = tuple((_name_the_place(function), kind) for function, kind in job.step.functions)
    batch = Batch(
        step=replace(job.step, functions=functions),
        how=("each",) * len(functions),
        noise=job.noise,
        paths=job.paths,
        dim=job.dim,
        times=job.times,
        steps=job.steps,
        starts=job.starts,
        keep=job.keep,
        args=job.args,
        layout=job.layout,
        lam=job.lam,
    )
    x = states.T
    if job.dim == 0:
        x = x[0]
    try:
        batch.move_once(k, x, low)
    except IndexError:
        raise
    except Exception:
        return  # a number that is not finite is reported as such


def _name_the_place(function: Function) -> Function:
    """Return a function of (t, x, *args) whose IndexError names its arguments."""

    def call(*arguments: Any) -> Any:
        """Call the function, and say where it reads beyond a table."""
        _call_in_python(Trial(function, arguments))
        return function(*arguments)

    return call


def _call_in_python(trial: Trial) -> None:
    """Call a function in Python, and raise an IndexError that names the place."""
    python: Any = unwrap(trial.function)
    try:
        with np.errstate(all="ignore"):
            python(*trial.arguments)
    except IndexError as error:
        places = ", ".join(shorten(argument) for argument in trial.arguments)
        name = describe_places([python], otherwise="a function")
        raise IndexError(f"{name} fails at ({places}): {error}") from error
    except Exception:
        return  # a number that is not finite is reported as such
