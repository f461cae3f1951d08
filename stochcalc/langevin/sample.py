"""Many chains of a Langevin sampler, on the time loop of everything else."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.engine import checks
from stochcalc.engine.functions.refusals import explain_refusals
from stochcalc.engine.habits import hint_names
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.workers import count_workers
from stochcalc.engine.random.philox import make_key
from stochcalc.engine.words import show
from stochcalc.langevin import jobs
from stochcalc.langevin.chains import Chains
from stochcalc.langevin.samplers import SAMPLERS, Sampler
from stochcalc.langevin.target import read_target
from stochcalc.typing import (
    Array,
    Checkpoint,
    Executor,
    Integers,
    Key,
    Parameters,
    Progress,
    Seed,
    TestFunction,
    WithCompiledScore,
    Workers,
)


@hint_names
def sample(
    target: WithCompiledScore | TestFunction,
    x0: ArrayLike,
    *,
    step: float,
    n: int,
    method: str = "ula",
    chains: int = 1,
    friction: float = 1.0,
    temperature: float = 1.0,
    thin: int = 1,
    save: str = "all",
    args: Parameters = (),
    log_density: TestFunction | None = None,
    starts: bool = False,
    p0: ArrayLike | None = None,
    vectorized: bool = False,
    rng: Seed = None,
    key: Key = None,
    workers: Workers = None,
    executor: Executor = None,
    progress: Progress = False,
    checkpoint: Checkpoint = None,
) -> Chains:
    r"""Sample a density by Langevin dynamics.

    Parameters
    ----------
    target : GaussianMixture, or callable `score(x, *args)`
        What is sampled. A score, the gradient of the log density, is written like a drift without
        t: it gets a float and returns one, or gets x[0], x[1], ... and returns a tuple.
    x0 : float or sequence of d floats
        Start; with `starts=True` one per chain, (chains,) or (chains, d).
    step : float
        Step size h of x + (h/2) s(x) + sqrt(h) z, or time step of a kinetic method, of unit mass.
    n : int
        Number of steps.
    method : {"ula", "lm", "mala", "baoab", "aboba", "obabo", "oabao", "baoa"}
        Overdamped: unadjusted, Leimkuhler-Matthews, adjusted (its stationary law is exact).
        Kinetic: splittings, spelt by their letters.
    chains : int
        Number of independent chains.
    friction : float
        Rate at which a kinetic method forgets its momentum, at least 0; the others have none.
    temperature : float
        The chains sample p^(1/temperature); at 0 they climb to the modes.
    thin : int
        Every thin-th state is kept.
    save : {"all", "last", "stats"}
        Whether to keep every kept state, the last one, or moments over the chains at every kept
        step.
    args : tuple
        Further arguments of the score and of the log density; a sweep over them compiles nothing.
    log_density : callable `log_density(x, *args)`, optional
        Logarithm of the density up to a constant, for "mala" with a score function. A distribution
        brings its own.
    starts : bool
        Whether x0 holds one start per chain.
    p0 : float or sequence of d floats, optional
        Momentum to start from; drawn from N(0, temperature) if left out. Kinetic methods only.
    vectorized : bool
        Whether the functions take one array (d, chains) and return arrays, (d, chains) for the
        score and (chains,) for the log density: for many dimensions.
    rng : None, int, SeedSequence or Generator
        Seed of the noise.
    key : int, optional
        Key of an earlier result, in place of `rng`: it replays that run.
    workers : int, optional
        Number of threads; all CPUs if left out.
    executor : concurrent.futures.Executor or distributed.Client, optional
        A pool of processes, or a cluster, that computes in the place of threads.
    progress : bool or callable
        A progress bar (needs tqdm), or progress(done, total).
    checkpoint : str or path, optional
        A file in which the run is saved while it goes on, 256 chains at a time: the same call goes
        on from there.

    Returns
    -------
    Chains
        With `.x` of shape (chains, n // thin + 1[, d]), one state for save="last", None for
        "stats"; `.p` likewise for kinetic methods; `.acceptance`, `.ess`, `.rhat`.

    Raises
    ------
    TypeError, ValueError
        For bad arguments and for a score that fails its probe.

    Notes
    -----
    The unadjusted algorithm is

    .. math:: x_{k+1} = x_k + \tfrac{h}{2} \nabla \log p(x_k) + \sqrt{h} \, z_k.

    The other methods are in `langevin.samplers`.

    References
    ----------
    G. O. Roberts and R. L. Tweedie, Bernoulli 2 (1996) 341; B. Leimkuhler and C. Matthews,
    Molecular Dynamics (2015), chapter 7. [robertstweedie1996] [leimkuhlermatthews2015]
    Each sampler names its own source, which `citation("baoab")` gives.

    Examples
    --------
    >>> sample(lambda x: -x, 0.0, step=0.1, n=10, chains=3, rng=1).x.shape
    (3, 11)
    """
    sampler = SAMPLERS[checks.choice("method", method, SAMPLERS)]
    step = checks.number("step", step, above=0.0)
    n = checks.integer("n", n)
    chains = checks.integer("chains", chains)
    thin = checks.integer("thin", thin, 1, n)
    temperature = _check_temperature(sampler, temperature)
    friction = checks.number("friction", friction, least=0.0)
    checks.choice("save", save, ("all", "last", "stats"))
    x, dim = checks.starting_states(x0, chains, checks.flag("starts", starts), "chain")
    checks.flag("vectorized", vectorized)
    density = read_target(target, x[0], dim, args, log_density, sampler.adjusted, vectorized)
    key = make_key(rng, key)
    d = max(dim, 1)
    jobs.check_memory(
        sampler,
        d=d,
        chains=chains,
        n=n,
        saved=1 if save == "last" else n // thin + 1,
        save_rows=save != "stats",
        drawn=p0 is None,
        threads=count_workers(workers),
    )
    momenta = None
    if sampler.momentum or p0 is not None:
        momenta = _starting_momenta(sampler, p0, temperature, chains, d, key)
    keep = _choose_kept_steps(save, n, thin)
    job = jobs.chain_job(
        sampler,
        density,
        d=d,
        chains=chains,
        starts=jobs.starting_rows(sampler, x, momenta),
        step=step,
        n=n,
        keep=keep,
        key=key,
        parameters=sampler.parameters(step, friction, temperature),
        save_rows=save != "stats",
    )
    with (
        explain_refusals(density.functions),
        runner.open_means(workers, executor, progress, checkpoint) as means,
    ):
        rows, state = runner.run(job, **means)
    runner.warn_nonfinite(
        state, chains, "chains", "use a smaller step; a score points up the log density, not down"
    )
    record = None
    if rows is None:
        record = state.record
    return Chains(
        rows=rows,
        record=record,
        sampler=sampler,
        dim=dim,
        saved=len(keep),
        chains=chains,
        n=n,
        key=key,
        nonfinite=state.nonfinite,
        last=int(keep[-1]),
    )


def _choose_kept_steps(save: str, n: int, thin: int) -> Integers:
    """Return the numbers of the steps after which the state is kept."""
    if save == "last":
        return np.array([n])
    return np.arange(0, n + 1, thin)


def _check_temperature(sampler: Sampler, temperature: float) -> float:
    """Return the temperature, which must be positive for a method that accepts or rejects."""
    if sampler.adjusted:
        return checks.number("temperature", temperature, above=0.0)
    return checks.number("temperature", temperature, least=0.0)


def _starting_momenta(
    sampler: Sampler,
    p0: ArrayLike | None,
    temperature: float,
    chains: int,
    d: int,
    key: int,
) -> Array:
    """Return the momentum of all chains as one row, or draw one for each."""
    if p0 is None:
        return jobs.draw_momenta(temperature, chains, d, key)
    if not sampler.momentum:
        raise ValueError(
            f"p0={show(p0)} is a momentum and method={sampler.name!r} has none: leave it out, or "
            f"use a kinetic method"
        )
    p = np.atleast_1d(checks.array("p0", p0))
    if p.shape != (d,):
        raise ValueError(f"p0 has shape {p.shape}: give {d} numbers, as many as x0 has")
    return p[None]
