"""Functionals: numbers of whole paths, and their moments over paths that are never stored.

A functional is a NumPy function of values (paths, times[, dim]) that treats every path alike:
`w.max(axis=1)`, or any function of this package that takes paths. It sees 256 paths at a time, so
memory does not grow with their number, and a block's numbers are a pure function of the block.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine import checks
from stochcalc.engine.loop import runner
from stochcalc.engine.statistics import LANES, block_records
from stochcalc.moments import Moments
from stochcalc.motion.brownian import check_motion
from stochcalc.typing import Array

GROUP = 1 << 18  # numbers of a source made in one call, to hide its overhead

PathFunction = Callable[[NDArray[np.float64]], Any]


class PathSource(Protocol):
    """What hands out paths by number: Brownian paths, noisy observations of them, an array."""

    @property
    def paths(self) -> int:
        """Number of paths."""

    @property
    def numbers(self) -> int:
        """Numbers in one path: times x components."""

    def block(self, first: int, last: int) -> NDArray[np.float64]:
        """Values of paths first .. last - 1, first a multiple of 256."""


@runtime_checkable
class StreamedPaths(PathSource, Protocol):
    """Paths that are made when they are looked at, such as Brownian paths: they have a grid."""

    @property
    def t(self) -> Array:
        """The grid times, shape (n + 1,)."""

    @property
    def dim(self) -> int:
        """Number of components."""


@dataclass(frozen=True, eq=False)
class Observations:
    """Paths that lie in an array (paths, times[, dim])."""

    values: NDArray[np.float64]

    @property
    def paths(self) -> int:
        """Number of paths."""
        return len(self.values)

    @property
    def numbers(self) -> int:
        """Numbers in one path."""
        return self.values[0].size

    def block(self, first: int, last: int) -> NDArray[np.float64]:
        """These rows."""
        return self.values[first:last]


@dataclass(frozen=True, eq=False)
class Functional:
    """A job: `kept` numbers of each path of `source`, as rows or as moments."""

    function: PathFunction
    source: PathSource
    kept: int
    save_rows: bool = True

    @property
    def paths(self) -> int:
        """Number of paths."""
        return self.source.paths

    @property
    def work(self) -> float:
        """Numbers in all paths, weighted for the several passes of a NumPy function."""
        return 4.0 * self.paths * self.source.numbers

    @property
    def columns(self) -> int:
        """Numbers stored per path."""
        return self.kept if self.save_rows else 0

    def prepare(self) -> None:
        """Nothing to compile: the source does that for itself."""

    def compute(
        self, first: int, last: int, rows: NDArray[np.float64] | None, stop: NDArray[np.uint8]
    ) -> runner.Partial:
        """The numbers of blocks first .. last - 1."""
        start = first * LANES
        paths = max(min(last * LANES, self.paths) - start, 0)
        out = rows if rows is not None else np.empty((paths, self.kept))
        together = max(1, GROUP // (LANES * self.source.numbers))
        for block in range(first, last, together):
            if stop[0]:
                break
            low = block * LANES
            high = min((block + together) * LANES, last * LANES, self.paths)
            values = self.source.block(low, high)
            # 256 at a time whatever the group: the bits depend on the block alone.
            for i in range(0, high - low, LANES):
                found = _columns(self.function(values[i : i + LANES]))
                out[low - start + i : low - start + i + LANES] = found
        bad = ~np.isfinite(out).all(axis=1)
        health = np.zeros((last - first, 2), np.int64)
        for path in np.flatnonzero(bad)[::-1]:
            health[path // LANES] = health[path // LANES, 0] + 1, start + path
        return runner.Partial(
            first,
            out if self.save_rows else None,
            None if self.save_rows else block_records(out),
            health,
        )


def _columns(found: Any) -> NDArray[Any]:
    """Return the numbers of each path as columns, shape (paths, kept).

    What was found has this shape, or (paths,), or is a tuple of arrays of shape (paths,).
    """
    array = np.stack(found, axis=1) if isinstance(found, tuple) else np.asarray(found)
    if array.ndim == 2:
        return array
    return array[:, None]


def rows_of(
    function: PathFunction, source: PathSource, kept: int, **how: Any
) -> NDArray[np.float64]:
    """`kept` numbers of each path, shape (paths, kept); `how` goes to the runner."""
    checks.budget(
        "the result", source.paths * kept, "use fewer paths, steps or numbers of each path"
    )
    checks.budget("a block of 256 paths", 4 * LANES * source.numbers, "use fewer steps")
    return runner.rows(Functional(function, source, kept), **how)


def expectation(
    f: PathFunction,
    W: StreamedPaths,
    *,
    workers: int | None = None,
    executor: Any = None,
    progress: Any = False,
) -> Moments:
    """Moments of any function of whole paths, which are made, used and forgotten 256 at a time.

    Parameters
    ----------
    f : callable
        A NumPy function of values (paths, times[, dim]) that returns one number per path, shape
        (paths,), or several, shape (paths, m) or a tuple of m arrays. It must treat each path alone
        (reduce over `axis=1`), must not write into its argument, and is called from several threads
        at once.
    W : BrownianPaths, or noisy observations of them
        Best made with `store=False`, by `brownian` or `observe`.
    workers, executor, progress
        As for `solve`.

    Returns
    -------
    Moments
        Of shape () or (m,): `.mean`, `.stderr`, `.var`, ..., `.estimate()`.

    Raises
    ------
    TypeError, ValueError
        If f is no function, fails on a trial path, returns another shape, or mixes paths.

    Examples
    --------
    >>> from stochcalc.motion.brownian import brownian
    >>> W = brownian(n=64, paths=20_000, store=False, rng=1)
    >>> peak = expectation(lambda w: w.max(axis=1), W)
    >>> peak.count, peak.shape
    (20000, ())

    The exact mean of the maximum is 0.72817 on this grid, and 0.79788 in continuous time.
    """
    if not isinstance(W, StreamedPaths):
        check_motion("W", W)
    kept, shape = _probe(f, W)
    return _moments(f, W, kept, shape, workers=workers, executor=executor, progress=progress)


def moments_of(f: PathFunction, source: PathSource, kept: int = 1, **how: Any) -> Moments:
    """`expectation` for any source, of `kept` numbers."""
    return _moments(f, source, kept, () if kept == 1 else (kept,), **how)


def _moments(
    f: PathFunction, source: PathSource, kept: int, shape: tuple[int, ...], **how: Any
) -> Moments:
    _, state = runner.run(Functional(f, source, kept, save_rows=False), **how)
    runner.warn_nonfinite(
        state, source.paths, "values of f", "f is not finite on them; their moments are not either"
    )
    return Moments(state.record, shape)


def _probe(f: Any, W: StreamedPaths) -> tuple[int, tuple[int, ...]]:
    """Return the numbers per path and the shape of the moments.

    They are found from three made-up paths: sqrt(t), -sqrt(t)/2 and sqrt(t)/3.
    """
    if not callable(f):
        raise TypeError(f"f={f!r} must be a function of an array of paths: lambda w: w.max(axis=1)")
    checks.budget(
        "a block of 256 paths and what f makes of it", 4 * LANES * W.numbers, "use fewer steps"
    )
    root = np.sqrt(W.t - W.t[0])
    trial = np.multiply.outer(
        np.array([1.0, -0.5, 1 / 3]),
        root if W.dim == 1 else np.repeat(root[:, None], W.dim, axis=1),
    )
    name = getattr(f, "__name__", "f")
    (found, shape), (again, _), (turned, _), (two, _) = (
        _tried(f, name, trial[order]) for order in ([0, 1, 2], [0, 1, 2], [2, 1, 0], [0, 1])
    )
    if not np.array_equal(found, again, equal_nan=True):
        raise ValueError(
            f"f={name} returned {found.ravel()[:3]}, then {again.ravel()[:3]}: f must be a pure "
            f"function"
        )
    for other, same in ((turned[::-1], found), (two, found[:2])):
        if not np.allclose(other, same, rtol=1e-9, equal_nan=True):
            raise ValueError(
                f"f={name} gives a path another value when the paths beside it are others, "
                f"{other.ravel()[:2]} "
                f"for {same.ravel()[:2]}: f must treat each path alone; reduce over axis=1"
            )
    return found.shape[1], shape


def _tried(f: Any, name: str, trial: NDArray[np.float64]) -> tuple[NDArray[Any], tuple[int, ...]]:
    """Return what f makes of trial paths, as columns, and the shape of one path's share.

    If f fails, the error says what f must do.
    """
    trial.flags.writeable = False  # as the values of a stored motion are
    try:
        found = f(trial)
    # whatever it is, it is the user's function that fails, and this is how it was called
    except Exception as error:
        kind = ValueError if isinstance(error, ValueError) else TypeError
        raise kind(
            f"f={name} fails on trial paths of shape {trial.shape}: {type(error).__name__}: "
            f"{error!s:.150}"
        ) from error
    parts = [np.asarray(part) for part in (found if isinstance(found, tuple) else (found,))]
    good = (1,) if isinstance(found, tuple) else (1, 2)
    if not parts or any(
        part.dtype.kind not in "biuf" or part.ndim not in good or len(part) != len(trial)
        for part in parts
    ):
        shapes = ", ".join(f"{part.dtype} of shape {part.shape}" for part in parts)
        raise ValueError(
            f"f={name} returned {shapes} for {len(trial)} paths: return one number per path, "
            f"(paths,), or m of them, (paths, m); reduce over axis=1"
        )
    return _columns(found), (len(parts),) if isinstance(found, tuple) else parts[0].shape[1:]
