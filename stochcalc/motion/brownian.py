r"""Brownian motion, which drives everything else: a pure function of (key, path, step).

On a partition t_0 < t_1 < ... < t_n, with steps dt_k = t_(k+1) - t_k and independent standard
normals z_k,

    dW_k = sqrt(dt_k) z_k,    W(t_0) = 0,    W(t_(k+1)) = W(t_k) + dW_k.

The normal z_k of a path is a function of the key, the number of the path and k alone.
`engine.random.fills.fill_normals` draws it and multiplies it by the root of the step, and
`motion.drawn.add_increment` adds it to W, from left to right.

`brownian` makes the paths, `BrownianPaths` is what it returns, and `check_motion` refuses whatever
is not a motion.
"""

from __future__ import annotations

from numpy.typing import ArrayLike

from stochcalc.engine import checks, memory
from stochcalc.engine.habits import hint_names
from stochcalc.engine.loop import runner
from stochcalc.engine.random.philox import COMPONENTS, PATHS, make_key
from stochcalc.engine.words import show
from stochcalc.motion.partition import Partition
from stochcalc.motion.paths import BrownianPaths
from stochcalc.motion.pieces import count_grid
from stochcalc.typing import Executor, Key, Progress, Seed, Workers


def check_motion(name: str, W: object, dim: int | None = None) -> None:
    """Refuse an argument that is not a motion, or has too few components.

    Parameters
    ----------
    name : str
        Name of the argument, for the error.
    W : object
        The argument.
    dim : int, optional
        How many components are needed at least; 1 asks for exactly one.

    Raises
    ------
    TypeError, ValueError
        If W is not a BrownianPaths, or has the wrong number of components.
    """
    if not isinstance(W, BrownianPaths):
        raise TypeError(f"{name}={show(W)} must be Brownian paths: make them with brownian(...)")
    if dim == 1 and W.dim != 1:
        raise ValueError(f"{name} has dim={W.dim}: one component is needed, such as {name}[0]")
    if dim is not None and W.dim < dim:
        raise ValueError(
            f"{name} has dim={W.dim}: {dim} components are needed, brownian(dim={dim})"
        )


@hint_names
def brownian(
    T: float = 1.0,
    n: int = 1000,
    *,
    paths: int = 1,
    dim: int = 1,
    correlation: ArrayLike | None = None,
    partition: Partition | None = None,
    store: bool = True,
    rng: Seed = None,
    key: Key = None,
    workers: Workers = None,
    executor: Executor = None,
    progress: Progress = False,
) -> BrownianPaths:
    r"""Return standard Brownian motion from 0, in `dim` components.

    Parameters
    ----------
    T : float
        End time; the motion starts at time 0. With a partition it is ignored, and the motion
        starts at the first of its times.
    n : int
        Number of equal steps. It is ignored if `partition` is given.
    paths : int
        Number of independent paths.
    dim : int
        Number of components; `W[i]` is component i, a motion by itself.
    correlation : array_like, shape (dim, dim), optional
        Correlation matrix of the components; they are independent by default.
    partition : Partition, optional
        Any grid instead of the uniform one.
    store : bool
        Whether to keep the values. With False the motion is streamed: no array is kept, and sums,
        variation and `solve` make the paths as they need them, with the same numbers.
    rng : int, SeedSequence, Generator or None, optional
        Seed as NumPy takes it.
    key : int, optional
        The `.key` of an earlier result instead of a seed: it gives the same paths again. Give `rng`
        or `key`, not both.
    workers : int, optional
        Number of threads; all CPUs by default. The numbers do not depend on it.
    executor, progress
        What draws the values in the place of threads, and a bar, as for `solve`.

    Returns
    -------
    BrownianPaths
        With `.values` of shape (paths, n + 1), or (paths, n + 1, dim) if dim > 1. A motion whose
        increments you have already is made by `BrownianPaths.from_increments`.

    Raises
    ------
    TypeError, ValueError
        For arguments of the wrong kind, a matrix that is not a correlation matrix, or arrays beyond
        the memory budget.

    Notes
    -----
    The increments are drawn, and W is their sum from left to right:

    .. math:: W(t_{k+1}) = W(t_k) + \sqrt{\Delta t_k}\, L z_k, \qquad W(t_0) = 0

    Here the entries of z_k are independent standard normals, and L is the lower Cholesky factor of
    the correlation matrix (1 for independent components).

    References
    ----------
    P. Glasserman, Monte Carlo Methods in Financial Engineering (2004), section 3.1; J. K. Salmon,
    M. A. Moraes, R. O. Dror and D. E. Shaw, SC 2011, for the random numbers.
    [glasserman2004] [salmon2011]

    Examples
    --------
    >>> W = brownian(T=1.0, n=4, paths=2, rng=7)
    >>> W.values.shape
    (2, 5)
    >>> bool((W.refine(8).values[:, ::8] == W.values).all())
    True
    """
    means = runner.check_means(workers, executor, progress)
    paths = checks.integer("paths", paths, 1, PATHS)
    dim = checks.integer("dim", dim, 1, COMPONENTS)
    if not checks.flag("store", store) and (executor is not None or progress is not False):
        raise ValueError(
            "executor= and progress= are for drawing the values, and with store=False none is "
            "drawn: give them to the call that uses the motion"
        )
    if partition is None:
        if store:
            n = checks.integer("n", n)
            memory.announce(paths * (n + 1) * dim, count_grid(n))
        partition = Partition.uniform(T, n)
    elif not isinstance(partition, Partition):
        raise TypeError(
            f"partition={show(partition)} must be a Partition: wrap the times, Partition(times)"
        )
    factor = None
    if correlation is not None:
        factor = checks.cholesky("correlation", correlation, dim)
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
        motion.draw(means)  # now, so that a request beyond memory fails here
    return motion
