"""Brownian motion, which everything else is driven by: a pure function of (key, path, step).

`brownian` makes the paths, `BrownianPaths` is what it returns, and `check_motion` refuses what is
none.
"""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from stochcalc.engine import checks
from stochcalc.engine.loop.workers import count_workers
from stochcalc.engine.random.philox import COMPONENTS, PATHS, make_key
from stochcalc.motion.partition import Partition
from stochcalc.motion.paths import BrownianPaths


def check_motion(name: str, W: Any, dim: int | None = None) -> None:
    """Refuse what is no BrownianPaths, or has another number of components than `dim`."""
    if not isinstance(W, BrownianPaths):
        raise TypeError(f"{name}={W!r:.80} must be Brownian paths: make them with brownian(...)")
    if dim == 1 and W.dim != 1:
        raise ValueError(
            f"{name} has dim={W.dim}: one component is needed; draw the others by their own "
            f"brownian()"
        )
    if dim is not None and W.dim < dim:
        raise ValueError(
            f"{name} has dim={W.dim}: {dim} components are needed, brownian(dim={dim})"
        )


def brownian(
    T: float = 1.0,
    n: int = 1000,
    *,
    paths: int = 1,
    dim: int = 1,
    correlation: ArrayLike | None = None,
    partition: Partition | None = None,
    store: bool = True,
    rng: Any = None,
    key: int | None = None,
    workers: int | None = None,
) -> BrownianPaths:
    """Standard Brownian motion from 0, in `dim` components.

    Parameters
    ----------
    T, n : float, int
        End time and number of equal steps; ignored if `partition` is given.
    paths, dim : int
        Number of independent paths, number of components.
    correlation : array_like, shape (dim, dim), optional
        Correlation matrix of the components: dW = sqrt(dt) L z with L its lower Cholesky factor.
    partition : Partition, optional
        Any grid instead of the uniform one.
    store : bool
        False: keep no arrays; sums, variation and `solve` then stream, with the same numbers.
    rng, key
        Seed as NumPy takes it (None, int, SeedSequence, Generator), or the `.key` of an earlier
        result.
    workers : int, optional
        Threads; all CPUs by default. The numbers do not depend on it.

    Returns
    -------
    BrownianPaths
        With `.values` of shape (paths, n + 1), or (paths, n + 1, dim) if dim > 1.

    Raises
    ------
    TypeError, ValueError
        For arguments of the wrong kind, a matrix that is no correlation, or arrays beyond the
        memory budget.

    Examples
    --------
    >>> W = brownian(T=1.0, n=4, paths=2, rng=7)
    >>> W.values.shape
    (2, 5)
    >>> bool((W.refine(8).values[:, ::8] == W.values).all())
    True
    """
    paths = checks.integer("paths", paths, 1, PATHS)
    dim = checks.integer("dim", dim, 1, COMPONENTS)
    checks.flag("store", store)
    count_workers(workers)
    if partition is None:
        partition = Partition.uniform(T, n)
    elif not isinstance(partition, Partition):
        raise TypeError(
            f"partition={partition!r} must be a Partition: wrap the times, Partition(times)"
        )
    factor = None if correlation is None else checks.cholesky("correlation", correlation, dim)
    motion = BrownianPaths(
        partition=partition,
        paths=paths,
        dim=dim,
        key=make_key(rng, key),
        store=store,
        factor=factor,
        workers=workers,
    )
    if store:
        _ = motion.values  # now, so that a request beyond memory fails here
    return motion
