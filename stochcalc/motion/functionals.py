"""Functionals: numbers of whole paths, and their moments over paths that are never stored.

A functional is a NumPy function of values (paths, times[, dim]) that treats every path alike:
`w.max(axis=1)`, or any function of this package that takes paths. It sees 256 paths at a time, so
memory does not grow with their number, and a block's numbers are a pure function of the block.
"""

from __future__ import annotations

from typing import Unpack

from stochcalc.engine import memory
from stochcalc.engine.habits import hint_names
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.runner import Means
from stochcalc.moments import Moments
from stochcalc.motion.functional_jobs import Functional, count_at_work
from stochcalc.motion.path_sources import PathSource, StreamedPaths
from stochcalc.motion.sampled import read_paths
from stochcalc.motion.trial_paths import try_function
from stochcalc.typing import Checkpoint, Executor, PathFunction, Paths, Progress, Workers


def _check_blocks(source: PathSource, kept: int, workers: Workers) -> None:
    """Refuse paths that are so long that the blocks of the threads do not fit into memory."""
    memory.budget_run(
        "a block of 256 paths for each thread",
        0,
        "use fewer steps, or fewer workers",
        beside=count_at_work(source, kept, workers),
    )


def moments_of(
    f: PathFunction, source: PathSource, kept: int = 1, **means: Unpack[Means]
) -> Moments:
    """Return the moments of `kept` numbers of each path of any source.

    Unlike `expectation` it does not try the function first.
    """
    shape: tuple[int, ...] = ()
    if kept > 1:
        shape = (kept,)
    return _moments(f, source, kept, shape, **means)


@hint_names
def expectation(
    f: PathFunction,
    W: StreamedPaths | Paths,
    *,
    workers: Workers = None,
    executor: Executor = None,
    progress: Progress = False,
    checkpoint: Checkpoint = None,
) -> Moments:
    """Return the moments of any function of whole paths.

    The paths are made, used and forgotten 256 at a time.

    Parameters
    ----------
    f : callable
        A NumPy function of values (paths, times[, dim]) that returns one number per path, shape
        (paths,), or several, shape (paths, m) or a tuple of m arrays. It must treat each path alone
        (reduce over `axis=1`), must not write into its argument, and is called from several threads
        at once.
    W : BrownianPaths, noisy observations of them, or any other sampled paths
        The paths, best made with `store=False`, by `brownian` or `observe`; or a Solution, or a
        pair (t, values).
    workers : int, optional
        Number of threads; all CPUs by default.
    executor : concurrent.futures.Executor or distributed.Client, optional
        A pool of processes, or a cluster, that computes in the place of threads.
    progress : bool or callable progress(done, total)
        Whether to show a bar, or a function that is told how many blocks are done.
    checkpoint : str or path, optional
        A file in which the run is saved while it goes on: the same call goes on from there.

    Returns
    -------
    Moments
        Of shape () or (m,): `.mean`, `.stderr`, `.var`, ..., `.estimate()`.

    Raises
    ------
    TypeError, ValueError
        If f is not a function, fails on a trial path, returns another shape, or mixes paths.

    References
    ----------
    P. Glasserman, Monte Carlo Methods in Financial Engineering (2004), section 1.1.
    [glasserman2004]

    Examples
    --------
    >>> from stochcalc.motion.brownian import brownian
    >>> W = brownian(n=64, paths=20_000, store=False, rng=1)
    >>> peak = expectation(lambda w: w.max(axis=1), W)
    >>> peak.count, peak.shape
    (20000, ())

    The exact mean of the maximum is 0.72817 on this grid, and 0.79788 in continuous time.
    """
    source = W if isinstance(W, StreamedPaths) else read_paths("W", W)
    _check_blocks(source, 1, workers)
    kept, shape = try_function(f, source.t, source.dim)
    with runner.open_means(workers, executor, progress, checkpoint) as means:
        return _moments(f, source, kept, shape, **means)


def _moments(
    f: PathFunction,
    source: PathSource,
    kept: int,
    shape: tuple[int, ...],
    **means: Unpack[Means],
) -> Moments:
    """Return the moments of `kept` numbers of each path, and warn if some are not finite."""
    _check_blocks(source, kept, means.get("workers"))
    _, state = runner.run(Functional(f, source, kept, save_rows=False), **means)
    runner.warn_nonfinite(
        state, source.paths, "values of f", "f is not finite on them; their moments are not either"
    )
    return Moments(state.record, shape)
