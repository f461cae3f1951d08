"""More and more paths, until the mean is as precise as it is asked to be."""

from __future__ import annotations

from dataclasses import replace
from typing import Unpack

import numpy as np

from stochcalc.engine import memory
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.march import March
from stochcalc.engine.loop.numpy_march import Batch
from stochcalc.engine.loop.run_state import State
from stochcalc.engine.statistics import LANES, blocks_of
from stochcalc.typing import Array

MOST_PATHS = 2**40


def run_until(
    job: March | Batch,
    target: float,
    **means: Unpack[runner.Means],
) -> tuple[Array | None, State, March | Batch, int]:
    """Run a job over its paths, then over twice as many, ..., until max stderr <= target.

    The standard error is that of the mean at the last kept time, and the largest over the
    components. Blocks have numbers, so the result has the bits of one run over as many paths.

    Parameters
    ----------
    job : March or Batch
        A job over the first number of paths, which is rounded up to full blocks.
    target : float
        The standard error to reach.
    **means
        How it is run, as `runner.run` takes it.

    Returns
    -------
    rows : ndarray, shape (paths, columns), or None
        The stored numbers; None if the job keeps statistics.
    state : State
        The state of the run over all paths.
    job : March or Batch
        The job over all paths.
    looks : int
        How often the standard error was computed and compared with the target.

    Raises
    ------
    ValueError
        If the target needs more paths than 2^40, or more memory than there is.
    """
    paths = blocks_of(job.paths) * LANES
    looks = 1
    state = None
    done = 0
    pieces: list[Array] = []
    while True:
        job = replace(job, paths=paths)
        blocks = range(done, blocks_of(paths))
        memory.budget(
            f"target_stderr={target:g} with {paths} paths",
            job.columns * paths,
            'use save="stats" or save="last"',
            beside=job.columns * paths,  # all pieces are joined at the end
        )
        batches = [range(blocks_of(MOST_PATHS))]
        rows, part = runner.run(
            job,
            blocks=blocks,
            batches=batches,
            **means,
        )
        if rows is not None:
            pieces.append(rows)
        if state is None:
            state = part
        else:
            state.union(part)
        stderr = _largest_stderr(job, pieces, state)
        if state.nonfinite or stderr <= target:
            if job.save_rows:
                return np.concatenate(pieces), state, job, looks
            return None, state, job, looks
        shortfall = stderr / target
        needed = paths * shortfall * shortfall  # a power would raise an OverflowError
        if not needed <= MOST_PATHS:
            raise ValueError(
                f"target_stderr={target:g} needs about {needed:.2g} paths ({paths} gave "
                f"{stderr:.3g}): ask for less"
            )
        done = blocks.stop
        paths *= 2
        looks += 1


def _largest_stderr(job: March | Batch, pieces: list[Array], state: State) -> float:
    """Return the largest standard error of a component's mean at the last kept time."""
    size = max(job.dim, 1)  # what is kept beyond the state has no target
    if job.save_rows:
        last = np.concatenate([piece[:, -job.kept :] for piece in pieces])[:, :size]
        with np.errstate(all="ignore"):  # paths that left the finite range are reported
            return float((last.std(axis=0, ddof=1) / np.sqrt(len(last))).max())
    record = state.record
    count = record[0, -job.kept :][:size]
    m2 = record[2, -job.kept :][:size]
    return float(np.sqrt(m2 / np.maximum(count - 1.0, 1.0) / count).max())
