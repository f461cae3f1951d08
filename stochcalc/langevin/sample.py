"""Many chains of a Langevin sampler, on the time loop of everything else."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.densities.mixture_lanes import on_field, score_field, time_is_sigma
from stochcalc.engine import checks
from stochcalc.engine.functions.assemble import Step
from stochcalc.engine.functions.refusals import explain_refusals
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.march import March
from stochcalc.engine.loop.numpy_march import Batch
from stochcalc.engine.random.drivers import Layout
from stochcalc.engine.random.normal_arrays import block_normals
from stochcalc.engine.random.philox import ACCEPT_REJECT, CHAIN_NOISE, INITIAL_STATES, make_key
from stochcalc.engine.random.sources import Beside, Extra, KeyedNoise, Source
from stochcalc.langevin import kinetic, overdamped
from stochcalc.langevin.chains import Chains
from stochcalc.langevin.sampler import Sampler
from stochcalc.langevin.target import Target, target_functions

SAMPLERS = {sampler.name: sampler for sampler in (*overdamped.SAMPLERS, *kinetic.SAMPLERS)}


def sample(
    target: Any,
    x0: Any,
    *,
    step: float,
    n: int,
    method: str = "ula",
    chains: int = 1,
    friction: float = 1.0,
    temperature: float = 1.0,
    thin: int = 1,
    save: str = "all",
    args: tuple[Any, ...] = (),
    log_density: Any = None,
    starts: bool = False,
    p0: Any = None,
    vectorized: bool = False,
    rng: Any = None,
    key: int | None = None,
    workers: int | None = None,
    executor: Any = None,
    progress: Any = False,
) -> Chains:
    """Sample a density by Langevin dynamics.

    Parameters
    ----------
    target : GaussianMixture, or callable score(x, *args)
        A `score.GaussianMixture`. A score, the gradient of the log density, is written like
        a drift without t: it gets a float and returns one, or gets x[0], x[1], ... and returns a
        tuple.
    x0 : float or sequence of d floats
        Start; with `starts=True` one per chain, (chains,) or (chains, d).
    step, n : float, int
        Step size h of x + (h/2) s(x) + sqrt(h) z, or time step of a kinetic method, of unit mass;
        and number of steps.
    method : {"ula", "lm", "mala", "baoab", "aboba", "obabo", "oabao", "baoa"}
        Overdamped: unadjusted, Leimkuhler-Matthews, adjusted (exact in law). Kinetic: splittings,
        spelt by their letters.
    chains : int
        Independent chains.
    friction : float
        Rate at which a kinetic method forgets its momentum, at least 0; the others have none.
    temperature : float
        Samples p^(1/temperature). 0 climbs to the modes.
    thin : int
        Keep every thin-th state.
    save : {"all", "last", "stats"}
        Every kept state, the last one, or moments over the chains at every kept step.
    args : tuple
        Further arguments of the score and of the log density; a sweep over them compiles nothing.
    log_density : callable log_density(x, *args), optional
        For "mala" with a score function; up to a constant. A distribution brings its own.
    p0 : float or sequence of d floats, optional
        Momentum to start from; drawn from N(0, temperature) if left out. Kinetic methods only.
    vectorized : bool
        x arrives as one array (d, chains), and the functions return arrays, (d, chains) and
        (chains,): for many dimensions.

    Returns
    -------
    Chains
        With `.x` of shape (chains, n // thin + 1[, d]), one state for save="last", None for
        "stats"; `.p` likewise for kinetic methods; `.acceptance`, `.ess`, `.rhat`.

    Raises
    ------
    TypeError, ValueError
        For bad arguments and for a score that fails its probe.

    Examples
    --------
    >>> sample(lambda x: -x, 0.0, step=0.1, n=10, chains=3, rng=1).x.shape
    (3, 11)
    """
    sampler = SAMPLERS[checks.choice("method", method, SAMPLERS)]
    step, n = checks.number("step", step, above=0.0), checks.integer("n", n)
    chains, thin = checks.integer("chains", chains), checks.integer("thin", thin, 1, n)
    temperature, friction = (
        _temperature(sampler, temperature),
        checks.number("friction", friction, least=0.0),
    )
    checks.choice("save", save, ("all", "last", "stats"))
    x, dim = checks.starting_states(x0, chains, checks.flag("starts", starts), "chain")
    found = target_functions(
        target,
        x[0],
        dim,
        args,
        log_density,
        sampler.adjusted,
        checks.flag("vectorized", vectorized),
    )
    key, d = make_key(rng, key), max(dim, 1)
    start = _states(
        sampler, x, d, chains, _momenta(sampler, p0, dim, temperature), temperature, key
    )
    keep = np.array([n]) if save == "last" else np.arange(0, n + 1, thin)
    job = _job(
        sampler,
        found,
        d,
        chains,
        start,
        np.full(n, step),
        keep,
        key,
        sampler.parameters(step, friction, temperature),
        save != "stats",
    )
    checks.budget("the chains", job.columns * chains, 'use save="stats", save="last" or thin=')
    with explain_refusals(found.functions):
        rows, state = runner.run(job, workers=workers, executor=executor, progress=progress)
    runner.warn_nonfinite(
        state, chains, "chains", "use a smaller step; a score points up the log density, not down"
    )
    return Chains(
        rows,
        None if rows is not None else state.record,
        sampler,
        dim,
        len(keep),
        chains,
        n,
        key,
        state.nonfinite,
        int(keep[-1]),
    )


def _temperature(sampler: Sampler, temperature: float) -> float:
    if sampler.adjusted:
        return checks.number("temperature", temperature, above=0.0)
    return checks.number("temperature", temperature, least=0.0)


def _momenta(sampler: Sampler, p0: Any, dim: int, temperature: float) -> NDArray[np.float64] | None:
    """The momentum all chains start from; None to draw one for each."""
    if p0 is None:
        return None
    if not sampler.momentum:
        raise ValueError(
            f"p0={p0!r} is a momentum and method={sampler.name!r} has none: leave it out, or use a "
            f"kinetic method"
        )
    p = np.atleast_1d(checks.array("p0", p0))
    if p.shape != (max(dim, 1),):
        raise ValueError(f"p0 has shape {p.shape}: give {max(dim, 1)} numbers, as many as x0 has")
    return p


def _states(
    sampler: Sampler,
    x: NDArray[np.float64],
    d: int,
    chains: int,
    momenta: Any,
    temperature: float,
    key: int,
) -> NDArray[np.float64]:
    """What the chains start from, one row for all or one each: positions, momenta if any, and zeros
    for what they remember.
    """
    if sampler.momentum:
        drawn = (
            momenta[None]
            if momenta is not None
            else (np.sqrt(temperature) * block_normals(key, INITIAL_STATES, 0, (chains, d)))
        )
        rows = max(len(x), len(drawn))
        return np.concatenate(
            [np.broadcast_to(x, (rows, d)), np.broadcast_to(drawn, (rows, d))], axis=1
        )
    return np.concatenate([x, np.zeros((len(x), sampler.size(d) - d))], axis=1)


def _job(
    sampler: Sampler,
    target: Target,
    d: int,
    chains: int,
    start: NDArray[np.float64],
    steps: NDArray[np.float64],
    keep: NDArray[np.int64],
    key: int,
    parameters: tuple[float, ...],
    save_rows: bool,
) -> March | Batch:
    size = sampler.size(d)
    args = (*parameters, *target.args)
    noise: Source = KeyedNoise(key, steps, sampler.noises * d, purpose=CHAIN_NOISE)
    if sampler.adjusted:
        noise = Beside(noise, Beside(Extra(key, ACCEPT_REJECT, 0), Extra(key, ACCEPT_REJECT, 1)))
    if target.vectorized:
        step = Step(sampler.build(d), target.functions, ("dW",))
        return Batch(
            step=step,
            how=("array",) * len(step.functions),
            noise=noise,
            paths=chains,
            dim=size,
            times=np.zeros(len(steps) + 1),
            steps=steps,
            starts=start,
            keep=keep,
            args=args,
            layout=Layout(noise.size),
            save_rows=save_rows,
        )
    step = Step(sampler.build(d), target.functions)
    if target.mixture is not None and sampler.once:
        count = len(parameters)
        step = Step(
            on_field(sampler.build(d), d, noise.size, count),
            field=score_field(d, count, time_is_sigma, target.mixture.shared),
            forces=d,
        )
    return March(
        step=step,
        noise=noise,
        paths=chains,
        dim=size,
        kept=size,
        times=np.zeros(len(steps) + 1),
        steps=steps,
        starts=start,
        keep=keep,
        args=args,
        save_rows=save_rows,
    )
