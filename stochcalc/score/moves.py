"""Moves: every sampler that takes one score and one normal a step is a table of numbers.

    x <- keep_k x + push_k s_k(x) + kick_k z,    s_k(x) = scale_k s(scale_k x, sigma_k)

Annealed Langevin, Euler's scheme on the reverse-time equation, ancestral sampling, DDIM and
correctors differ in their tables only. So one compiled step serves all of them for distributions
whose score is compiled, and one loop in NumPy for all other scores; both on the same noise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Unpack

import numpy as np
from numpy.typing import NDArray

from stochcalc.densities.mixture_lanes import score_field, take_score_from_field
from stochcalc.engine import memory
from stochcalc.engine.compiler.jit import leaf
from stochcalc.engine.functions.assemble import Step
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.march import March
from stochcalc.engine.loop.progress import progress_bar
from stochcalc.engine.random.normal_arrays import block_normals
from stochcalc.engine.random.philox import CHAIN_NOISE
from stochcalc.engine.random.sources import KeyedNoise
from stochcalc.score.evaluation import evaluate
from stochcalc.typing import (
    Array,
    DriftFunction,
    Noise,
    Parameters,
    Progress,
    Score,
    State,
    WithCompiledScore,
)

WORKED_ON = 4  # arrays of the points, their scores and their normals


@dataclass(frozen=True, eq=False)
class Moves:
    """The table of a sampler, one row for each move.

    Attributes
    ----------
    keep, push, kick : ndarray, shape (n,)
        Factors of the state, of the score and of the normal in each move.
    sigma : ndarray, shape (n,)
        The smoothing at which a move takes the score.
    scale : ndarray, shape (n,)
        The factor of the state in the score's argument, and of the score.
    """

    keep: Array
    push: Array
    kick: Array
    sigma: Array
    scale: Array

    @classmethod
    def langevin(cls, alphas: Array, sigmas: Array) -> Moves:
        """Return the table of Langevin steps x + (alpha/2) s(x, sigma) + sqrt(alpha) z."""
        one = np.ones(len(alphas))
        return cls(keep=one, push=0.5 * alphas, kick=np.sqrt(alphas), sigma=sigmas, scale=one)

    def __len__(self) -> int:
        return len(self.keep)

    def select(self, wanted: NDArray[np.bool_]) -> Moves:
        """Return the table of those moves for which `wanted`, shape (n,), is true."""
        return Moves(
            keep=self.keep[wanted],
            push=self.push[wanted],
            kick=self.kick[wanted],
            sigma=self.sigma[wanted],
            scale=self.scale[wanted],
        )


def alternate(tables: Sequence[Moves]) -> Moves:
    """Return the table that makes the first move of each table in turn, then the second ones."""
    return Moves(
        keep=_alternate_numbers([table.keep for table in tables]),
        push=_alternate_numbers([table.push for table in tables]),
        kick=_alternate_numbers([table.kick for table in tables]),
        sigma=_alternate_numbers([table.sigma for table in tables]),
        scale=_alternate_numbers([table.scale for table in tables]),
    )


def _alternate_numbers(columns: list[Array]) -> Array:
    """Return the first number of each column in turn, then the second ones, and so on."""
    return np.stack(columns, axis=1).ravel()


def move(score: DriftFunction, t: float, x: State, dt: float, z: Noise, args: Parameters) -> State:
    """Return the state after move number t; args = (keep, push, kick, ...)."""
    k = int(t)
    keep = args[0][k]
    push = args[1][k]
    kick = args[2][k]
    return keep * x + push * score(t, x, *args[5:]) + kick * z


@leaf
def _smooth_by_table(t: float, args: Parameters) -> tuple[float, float]:
    """Return (sigma, scale) of move number t; args = (..., sigma, scale, ...)."""
    k = int(t)
    return args[3][k], args[4][k]


def check_memory(score: Score, points: Array, table: int) -> None:
    """Refuse points and a table of moves beyond the memory budget, before it is made.

    The table takes so many numbers while it is made.
    """
    arrays = WORKED_ON
    if isinstance(score, WithCompiledScore):
        arrays = 0
    memory.budget_run(
        "the points, and the table of the steps",
        points.size,
        "use fewer steps, or fewer points at a time",
        beside=arrays * points.size + table,
    )


def make_moves(
    score: Score,
    moves: Moves,
    x: Array,
    key: int,
    **means: Unpack[runner.Means],
) -> Array:
    """Return the points x (n, d) after all moves.

    Parameters
    ----------
    score : distribution or callable
        The score; it is compiled into the loop if it can be.
    moves : Moves
        The table of the sampler.
    x : ndarray, shape (n, d)
        Points to start from.
    key : int
        Key of the noise.
    **means
        How the computation is run, for a score that is compiled; `progress` serves all.
    """
    if isinstance(score, WithCompiledScore):
        return _move_in_lanes(score, moves, x, key, means)
    return _move_arrays(score, moves, x, key, means.get("progress", False))


def _move_in_lanes(
    target: WithCompiledScore,
    moves: Moves,
    x: Array,
    key: int,
    means: runner.Means,
) -> Array:
    """Return the points after all moves, by one compiled loop."""
    d = x.shape[1]
    n = len(moves)
    table = (moves.keep, moves.push * moves.scale, moves.kick, moves.sigma, moves.scale)
    columns = len(table)
    unit = np.ones(n)
    job = March(
        step=Step(
            take_score_from_field(move, d, d, columns),
            field=score_field(d, columns, _smooth_by_table, target.shared),
            forces=d,
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
    return runner.rows_or_warn(job, "points", "use smaller steps", **means)


def _move_arrays(score: Score, moves: Moves, x: Array, key: int, progress: Progress) -> Array:
    """Return the points after all moves, by a loop that moves all points at a time."""
    with progress_bar(progress, len(moves), "step") as advance:
        for k in range(len(moves)):
            s = evaluate(score, moves.scale[k] * x, float(moves.sigma[k]), f"at step {k}")
            x = moves.keep[k] * x + moves.push[k] * moves.scale[k] * s
            if moves.kick[k]:
                x = x + moves.kick[k] * block_normals(key, CHAIN_NOISE, k, x.shape)
            advance(1)
    return x
