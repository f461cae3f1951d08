"""Moves: every sampler that takes one score and one normal a step is a table of numbers.

    x <- keep_k x + push_k s_k(x) + kick_k z,    s_k(x) = scale_k s(scale_k x, sigma_k)

Annealed Langevin, Euler's scheme on the reverse-time equation, ancestral sampling, DDIM and
correctors differ in their tables only. So one compiled step serves all of them for distributions
that know their score in the lanes, and one loop in NumPy for all other scores; both on the same
noise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stochcalc.densities.mixture_lanes import score_field, take_score_from_field
from stochcalc.engine import checks
from stochcalc.engine.compiler.jit import leaf
from stochcalc.engine.functions.assemble import Step
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.march import March
from stochcalc.engine.loop.progress import progress_bar
from stochcalc.engine.loop.workers import check_workers
from stochcalc.engine.random.normal_arrays import block_normals
from stochcalc.engine.random.philox import CHAIN_NOISE
from stochcalc.engine.random.sources import KeyedNoise


@dataclass(frozen=True, eq=False)
class Moves:
    """The table: arrays of shape (n,)."""

    keep: NDArray[np.float64]
    push: NDArray[np.float64]
    kick: NDArray[np.float64]
    sigma: NDArray[np.float64]
    scale: NDArray[np.float64]

    @classmethod
    def langevin(cls, alphas: NDArray[np.float64], sigmas: NDArray[np.float64]) -> Moves:
        """x + (alpha/2) s(x, sigma) + sqrt(alpha) z."""
        one = np.ones(len(alphas))
        return cls(one, 0.5 * alphas, np.sqrt(alphas), sigmas, one)

    def __len__(self) -> int:
        return len(self.keep)


def move(score: Any, t: float, x: Any, dt: float, z: Any, args: Any) -> Any:
    """Step number t of a table; args = (keep, push, kick, ...)."""
    k = int(t)
    return args[0][k] * x + args[1][k] * score(t, x, *args[5:]) + args[2][k] * z


@leaf
def _place(t, args):
    return args[3][int(t)], args[4][int(t)]


def moved(
    score: Any,
    moves: Moves,
    x: NDArray[np.float64],
    key: int,
    *,
    workers: Any = None,
    executor: Any = None,
    progress: Any = False,
) -> NDArray[np.float64]:
    """The points x (n, d) after all moves."""
    check_workers(workers, executor)
    if hasattr(score, "in_lanes"):
        return _in_lanes(score, moves, x, key, workers, executor, progress)
    return _batched(score, moves, x, key, progress)


def _in_lanes(
    target: Any,
    moves: Moves,
    x: NDArray[np.float64],
    key: int,
    workers: Any,
    executor: Any,
    progress: Any,
) -> NDArray[np.float64]:
    d, n = x.shape[1], len(moves)
    table = (moves.keep, moves.push * moves.scale, moves.kick, moves.sigma, moves.scale)
    unit = np.ones(n)
    job = March(
        step=Step(
            take_score_from_field(move, d, d, 5), field=score_field(d, 5, _place, target.shared), forces=d
        ),
        noise=KeyedNoise(key, unit, d, purpose=CHAIN_NOISE),
        paths=len(x),
        dim=d,
        kept=d,
        times=np.arange(n + 1.0),
        steps=unit,
        starts=x,
        keep=np.array([n]),
        args=(*table, *target.in_lanes(float(moves.sigma.min()))),
    )
    rows, state = runner.run(job, workers=workers, executor=executor, progress=progress)
    runner.warn_nonfinite(state, len(x), "points", "use smaller steps")
    assert rows is not None
    return rows


def _batched(
    score: Any, moves: Moves, x: NDArray[np.float64], key: int, progress: Any
) -> NDArray[np.float64]:
    at = smoothed(score)
    with progress_bar(progress, len(moves), "step") as advance:
        for k in range(len(moves)):
            s = at(moves.scale[k] * x, float(moves.sigma[k]), f"at step {k}")
            x = moves.keep[k] * x + moves.push[k] * moves.scale[k] * s
            if moves.kick[k]:
                x = x + moves.kick[k] * block_normals(key, CHAIN_NOISE, k, x.shape)
            advance(1)
    return x


def smoothed(score: Any) -> Any:
    """score(x, sigma, where) of a distribution or a callable, with its shape and its values
    checked.
    """
    function = getattr(score, "score", score)
    if not callable(function):
        raise TypeError(f"score={score!r} must be a distribution or a callable score(x, sigma)")

    def at(x: NDArray[np.float64], sigma: float, where: str) -> NDArray[np.float64]:
        try:
            value = np.asarray(function(x.copy(), sigma))  # a copy: some functions work in place
        except TypeError as error:
            raise TypeError(
                f"score(x, sigma={sigma:g}) fails for x of shape {x.shape}: {error}; a score is "
                f"called with points (n, d) and a number sigma"
            ) from error
        if value.dtype.kind not in "fiu":
            raise TypeError(
                f"score(x, sigma={sigma:g}) returned {value.dtype}: it must return real numbers"
            )
        value = value.astype(float, copy=False)
        if value.shape != x.shape:
            raise ValueError(
                f"score(x, sigma={sigma:g}) returned shape {value.shape}: it must return that of "
                f"x, {x.shape}"
            )
        if not np.isfinite(value).all():
            bad = int(np.flatnonzero(~np.isfinite(value).all(axis=1))[0])
            raise ValueError(
                f"score(x, sigma={sigma:g}) is not finite for point {bad}, x={x[bad].tolist()}, "
                f"{where}: use smaller steps, or a score that is finite there"
            )
        return value

    return at


def check_points(name: str, x: ArrayLike, score: Any) -> NDArray[np.float64]:
    """Points (n, d) that fit the score's dimension, if it declares one."""
    if isinstance(score, type):
        raise TypeError(
            f"score={score.__name__} is a class: give one of its distributions, or a callable "
            f"score(x, sigma)"
        )
    points = checks.array(name, x, ndim=2)
    dim = getattr(score, "dim", points.shape[1])
    if points.shape[1] != dim:
        raise ValueError(
            f"{name} has shape {points.shape} and the distribution has dim={dim}: give (n, {dim})"
        )
    return points
