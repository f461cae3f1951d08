"""The jobs of the time loop that chains are: their noise, their starts and their step."""

from __future__ import annotations

import functools

import numpy as np

from stochcalc.densities.mixture_lanes import (
    score_field,
    smooth_by_time,
    take_score_from_field,
)
from stochcalc.engine import memory
from stochcalc.engine.functions.assemble import Step
from stochcalc.engine.loop.march import March
from stochcalc.engine.loop.numpy_march import Batch
from stochcalc.engine.loop.storage import count_records
from stochcalc.engine.random.layout import Layout
from stochcalc.engine.random.normal_arrays import block_normals
from stochcalc.engine.random.philox import ACCEPT_REJECT, CHAIN_NOISE, INITIAL_STATES
from stochcalc.engine.random.sources import Beside, Extra, KeyedNoise, Source
from stochcalc.engine.statistics import FIELDS
from stochcalc.langevin.samplers.sampler import Sampler
from stochcalc.langevin.target import Target
from stochcalc.typing import Array, Integers, Parameters


def draw_momenta(temperature: float, chains: int, d: int, key: int) -> Array:
    """Draw momenta of N(0, temperature I) to start from, shape (chains, d)."""
    momenta = block_normals(key, INITIAL_STATES, 0, (chains, d))
    momenta *= np.sqrt(temperature)
    return momenta


def starting_rows(sampler: Sampler, x: Array, momenta: Array | None) -> Array:
    """Return the states that chains start from: one row for all, or one each.

    Parameters
    ----------
    sampler : Sampler
        The method.
    x : ndarray, shape (1, d) or (chains, d)
        Positions.
    momenta : ndarray, shape (1, d) or (chains, d), optional
        Momenta of a kinetic method. What other methods remember beside x starts at 0.
    """
    d = x.shape[1]
    if momenta is None:
        return np.concatenate([x, np.zeros((len(x), sampler.size(d) - d))], axis=1)
    shape = (max(len(x), len(momenta)), d)
    return np.concatenate([np.broadcast_to(x, shape), np.broadcast_to(momenta, shape)], axis=1)


def check_memory(
    sampler: Sampler,
    *,
    d: int,
    chains: int,
    n: int,
    saved: int,
    save_rows: bool,
    drawn: bool,
    threads: int,
) -> None:
    """Refuse chains beyond the memory budget, before anything that grows with them is made.

    Parameters
    ----------
    sampler : Sampler
        The method.
    d, chains, n : int
        Components of a position, number of chains, and of their steps.
    saved : int
        How many states of a chain are kept, or the moments of how many.
    save_rows : bool
        Whether states are kept.
    drawn : bool
        Whether a momentum, if the method has one, is drawn for each chain.
    threads : int
        How many threads there are.
    """
    size = sampler.size(d)
    beside = 3 * (n + 1) + saved  # the times, the steps, their roots, and which to keep
    if sampler.momentum and drawn:
        beside += chains * (d + size)  # the momenta, and the states that chains start from
    columns = saved * size
    if save_rows:
        memory.budget_run(
            "the chains",
            columns * chains,
            'use save="stats", save="last" or thin=, or fewer steps',
            beside=beside,
        )
    else:
        memory.budget_run(
            "the chains and their moments",
            FIELDS * columns,
            "use thin=, fewer steps or fewer chains",
            beside=beside + count_records(columns, chains, threads),
        )


def chain_job(
    sampler: Sampler,
    target: Target,
    *,
    d: int,
    chains: int,
    starts: Array,
    step: float,
    n: int,
    keep: Integers,
    key: int,
    parameters: tuple[float, ...],
    save_rows: bool,
) -> March | Batch:
    """Return the job that runs chains of n steps.

    Parameters
    ----------
    sampler, target : Sampler, Target
        The method, and what it samples.
    d : int
        Components of a position, 1 for a scalar problem.
    chains : int
        Number of chains.
    starts : ndarray, shape (1 or chains, size of the state)
        States to start from.
    step, n : float, int
        Size and number of the steps.
    keep : ndarray of int
        Numbers of the steps after which the state is kept.
    key : int
        Key of the noise.
    parameters : tuple of float
        Parameters of the step, which come before those of the target.
    save_rows : bool
        Whether states are kept, or their moments over the chains.
    """
    steps = np.full(n, step)
    times = np.zeros(n + 1)  # a score has no time; a mixture reads it as the smoothing, which is 0
    args = (*parameters, *target.args)
    noise = _noise(sampler, key, steps, d)
    if target.vectorized:
        array_step = Step(sampler.build(d), target.functions, ("dW",))
        return Batch(
            step=array_step,
            how=("array",) * len(target.functions),
            noise=noise,
            paths=chains,
            dim=sampler.size(d),
            times=times,
            steps=steps,
            starts=starts,
            keep=keep,
            args=args,
            layout=Layout(noise.size),
            save_rows=save_rows,
        )
    return March(
        step=_compile_step(sampler, target, d, noise.size, len(parameters)),
        noise=noise,
        paths=chains,
        dim=sampler.size(d),
        kept=sampler.size(d),
        times=times,
        steps=steps,
        starts=starts,
        keep=keep,
        args=args,
        save_rows=save_rows,
    )


def _noise(sampler: Sampler, key: int, steps: Array, d: int) -> Source:
    """Return the increments of the chains, and beside them the normals that accept or reject."""
    increments = KeyedNoise(key, steps, sampler.noises * d, purpose=CHAIN_NOISE)
    if not sampler.adjusted:
        return increments
    decisions = Beside(Extra(key, ACCEPT_REJECT, 0), Extra(key, ACCEPT_REJECT, 1))
    return Beside(increments, decisions)


def take_position(d: int, parameters: int, x: Array, args: Parameters) -> tuple[Array, Parameters]:
    """Return what a score gets of a chain's state and args: the position and its own parameters."""
    return x[:d], args[parameters:]


def _compile_step(sampler: Sampler, target: Target, d: int, rows: int, parameters: int) -> Step:
    """Return the step of a chain; `rows` counts its noise, and `parameters` its own args.

    If it takes one score, at the state it starts from, a mixture gives that score as a field.
    """
    if target.mixture is None or not sampler.once:
        place = functools.partial(take_position, d, parameters)
        return Step(sampler.build(d), target.functions, place=place)
    return Step(
        take_score_from_field(sampler.build(d), d, rows, parameters),
        field=score_field(d, parameters, smooth_by_time, target.mixture.shared),
        forces=d,
    )
