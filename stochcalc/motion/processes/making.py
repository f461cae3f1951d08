"""How a process is made: its grid, its key, and its values if it stores them."""

from __future__ import annotations

from typing import TypeVar

from stochcalc.engine import checks, memory
from stochcalc.engine.loop import runner
from stochcalc.engine.random.philox import PATHS, make_key
from stochcalc.engine.words import show
from stochcalc.motion.partition import Partition
from stochcalc.motion.pieces import count_grid
from stochcalc.motion.processes.process import Process
from stochcalc.typing import Key, Seed

Kind = TypeVar("Kind", bound=Process)


def read_grid(
    T: float, n: int, partition: Partition | None, paths: int, store: bool
) -> tuple[Partition, int]:
    """Return the grid and the number of paths of a process, after a check of what was given.

    The arguments are those of `brownian`.
    """
    paths = checks.integer("paths", paths, 1, PATHS)
    checks.flag("store", store)
    if partition is None:
        if store:
            n = checks.integer("n", n)
            memory.announce(paths * (n + 1), count_grid(n))
        return Partition.uniform(T, n), paths
    if not isinstance(partition, Partition):
        raise TypeError(
            f"partition={show(partition)} must be a Partition: wrap the times, Partition(times)"
        )
    return partition, paths


def finish(process: Kind, means: runner.Means) -> Kind:
    """Return a process whose values are drawn, if it stores them: by these means, once for all."""
    if process.store:
        process.__dict__["values"] = process._draw(means)
    elif means.get("executor") is not None or means.get("progress", False) is not False:
        raise ValueError(
            "executor= and progress= are for drawing the values, and with store=False none is "
            "drawn: give them to the call that uses the process"
        )
    return process


def choose_key(rng: Seed, key: Key) -> int:
    """Return the key of a process from a seed or an earlier key."""
    return make_key(rng, key)
