"""What `executor=` may be: an executor of the standard library's kind, or a client of Dask."""

from __future__ import annotations

import concurrent.futures as futures
from typing import cast

from stochcalc.engine.habits import hint_names
from stochcalc.engine.loop.workers import available_workers
from stochcalc.engine.words import show
from stochcalc.typing import DaskClient, Executor


@hint_names
def dask_executor(client: DaskClient) -> futures.Executor:
    """Return an executor that computes on a cluster of Dask.

    Every argument `executor=` takes the client itself as well; this function is for code that wants
    an executor of the standard library's kind.

    Parameters
    ----------
    client : distributed.Client
        A client that is connected to a cluster: of this machine (`LocalCluster`) or of many.

    Returns
    -------
    concurrent.futures.Executor

    Raises
    ------
    TypeError
        If it is no client of Dask.
    ValueError
        If it is closed, or asynchronous.

    Notes
    -----
    Results have the same bits as on threads. A task whose worker is lost is given to another one;
    after more than `distributed.scheduler.allowed-failures` losses, 3 by default, Dask gives it up,
    and the call ends with its error.

    References
    ----------
    M. Rocklin, Proc. 14th Python in Science Conf. (2015) 126. [rocklin2015]

    Examples
    --------
    >>> from distributed import Client
    >>> from stochcalc.motion.brownian import brownian
    >>> with Client(n_workers=1, processes=False, dashboard_address=":0") as client:
    ...     W = brownian(n=16, paths=600, key=1, executor=dask_executor(client))
    >>> bool((W.values == brownian(n=16, paths=600, key=1).values).all())
    True
    """
    if not is_dask_client(client):
        raise TypeError(
            f"client={show(client)} must be a Client of Dask, which is connected to a cluster: "
            "distributed.Client(address)"
        )
    if client.asynchronous or client.status != "running":
        kind = "asynchronous" if client.asynchronous else client.status
        raise ValueError(
            f"client={show(client)} is {kind}: connect an ordinary one, distributed.Client(address)"
        )
    executor: futures.Executor = client.get_executor(pure=False)
    return executor


FEWEST_PLACES = 16  # of a cluster


def is_dask_client(value: object) -> bool:
    """Say whether a value is a client of Dask, without importing Dask."""
    names = {kind.__module__.partition(".")[0] for kind in type(value).__mro__}
    return "distributed" in names and callable(getattr(value, "get_executor", None))


def open_executor(executor: Executor) -> futures.Executor | None:
    """Return the executor that `executor=` means: a client of Dask stands for its own.

    Raises
    ------
    TypeError, ValueError
        If it has no method `submit`, or is a client that is closed or asynchronous.
    """
    if executor is None:
        return None
    if is_dask_client(executor):
        return dask_executor(executor)
    if not callable(getattr(executor, "submit", None)) or isinstance(executor, type):
        raise TypeError(
            f"executor={show(executor)} must be a concurrent.futures.Executor, a client of Dask, "
            "or None for threads"
        )
    return cast(futures.Executor, executor)


def count_places(executor: futures.Executor) -> int:
    """Return how many tasks an executor computes at once; the CPUs of this machine if unknown.

    Of a cluster it is at least 16, since it may still grow. Dask's executor and the pools of the
    standard library tell it by private attributes only.
    """
    client = getattr(executor, "_client", None)
    if is_dask_client(client):
        threads = client.nthreads()  # type: ignore[union-attr]
        return max(FEWEST_PLACES, sum(threads.values()))
    workers = getattr(executor, "_max_workers", None)
    if isinstance(workers, int) and workers > 0:
        return workers
    return available_workers()


def sends_names(executor: futures.Executor) -> bool:
    """Say whether an executor is known to send functions to its workers by their names alone."""
    return isinstance(executor, futures.ProcessPoolExecutor)
