"""The option `--cluster` of the commands that compute for long."""

from __future__ import annotations

import argparse
import contextlib
import importlib
from collections.abc import Iterator

from stochcalc.engine.checkpoint.snapshot import CheckpointError
from stochcalc.typing import Executor

PATIENCE = 20  # seconds in which a scheduler must answer


def add_cluster_option(command: argparse.ArgumentParser) -> None:
    """Add `--cluster`, the address of a scheduler of Dask."""
    command.add_argument(
        "--cluster",
        metavar="ADDRESS",
        help="compute on the Dask cluster whose scheduler is at this address, such as "
        "tcp://10.0.0.1:8786, instead of on threads",
    )


@contextlib.contextmanager
def open_cluster(options: argparse.Namespace) -> Iterator[Executor]:
    """Yield a client of the cluster that was asked for, or None for threads.

    Options that contradict each other, a missing Dask and a silent scheduler are bad usage.
    """
    if options.cluster is None:
        yield None
        return
    if options.workers is not None:
        options.refuse("--workers is a number of threads here: leave it out with --cluster")
    try:
        distributed = importlib.import_module("distributed")
    except ImportError:
        options.refuse('--cluster needs Dask: pip install "stochcalc[dask]"')
    try:
        client = distributed.Client(options.cluster, timeout=PATIENCE)
    except (OSError, ValueError) as error:
        options.refuse(f"--cluster {options.cluster}: no scheduler of Dask answers there ({error})")
    with client:
        yield client


def refuse_lost_run(options: argparse.Namespace, error: CheckpointError | OSError) -> None:
    """Say of which option an error is that ended a run; raise it again if it is of none."""
    if type(error).__module__.startswith("distributed"):
        options.refuse(f"--cluster {options.cluster}: the connection was lost ({error})")
    if options.checkpoint is None:
        raise error
    options.refuse(f"--checkpoint: {error}")
