"""Many chains of a Langevin sampler, on the time loop of everything else."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.discretise import starting_states
from stochcalc.engine import checks, runner
from stochcalc.engine.assemble import Step
from stochcalc.engine.march import March, record_of_rows
from stochcalc.engine.noise import KeyedNoise
from stochcalc.engine.philox import CHAIN_NOISE, make_key
from stochcalc.engine.probe import check_args, probe
from stochcalc.estimate import Moments
from stochcalc.langevin.overdamped import ula

METHODS = {"ula": ula}


@dataclass(frozen=True, eq=False)
class Chains:
    """States of the chains.

    Attributes
    ----------
    x : ndarray, shape (chains, saved[, dim]), or None for save="stats"
    key : int
        Replays the run: `sample(..., key=chains.key)`.
    acceptance : float
        Share of accepted proposals; 1 for an unadjusted sampler.
    nonfinite : int
        Chains that left the finite range.
    """

    x: NDArray[np.float64] | None
    key: int
    nonfinite: int
    acceptance: float = 1.0
    record: Any = field(default=None, repr=False)
    shape: tuple[int, ...] = ()

    def __repr__(self) -> str:
        kept = "moments" if self.x is None else f"x {self.x.shape}"
        return f"Chains({kept}, acceptance={self.acceptance:g}, nonfinite={self.nonfinite}, key={self.key})"

    @cached_property
    def moments(self) -> Moments:
        """Moments over the chains, of shape (saved[, dim])."""
        return Moments(self.record if self.x is None else record_of_rows(self.x.reshape(len(self.x), -1)), self.shape)


def sample(target: Any, x0: Any, *, step: float, n: int, method: str = "ula", chains: int = 1, temperature: float = 1.0,
           thin: int = 1, save: str = "all", args: tuple[Any, ...] = (), starts: bool = False, rng: Any = None,
           key: int | None = None, workers: int | None = None, progress: Any = False) -> Chains:
    """Sample a density by Langevin dynamics.

    Parameters
    ----------
    target : distribution, or callable score(x, *args)
        A distribution has `.score`, such as `score.GaussianMixture`. A score is written like a drift without t: it gets a
        float and returns one, or gets x[0], x[1], ... and returns a tuple.
    x0 : float or sequence of d floats
        Start; with `starts=True` one per chain, (chains,) or (chains, d).
    step, n : float, int
        Step size h of x + (h/2) s(x) + sqrt(h) z, and number of steps.
    method : {"ula"}
    chains : int
        Independent chains.
    temperature : float
        Samples p^(1/temperature).
    thin : int
        Keep every thin-th state.
    save : {"all", "last", "stats"}

    Returns
    -------
    Chains
        With `.x` of shape (chains, n // thin + 1[, d]), one state for save="last", None for "stats".

    Raises
    ------
    TypeError, ValueError
        For bad arguments and for a score that fails its probe.

    Examples
    --------
    >>> sample(lambda x: -x, 0.0, step=0.1, n=10, chains=3, rng=1).x.shape
    (3, 11)
    """
    method = checks.choice("method", method, METHODS)
    step, n = checks.number("step", step, above=0.0), checks.integer("n", n)
    chains, thin = checks.integer("chains", chains), checks.integer("thin", thin, 1, n)
    temperature = checks.number("temperature", temperature, least=0.0)
    checks.choice("save", save, ("all", "last", "stats"))
    start, dim = starting_states(x0, chains, checks.flag("starts", starts), "chain")
    functions, extra = score_in_lanes(target, start[0], dim, args)
    key = make_key(rng, key)
    keep = np.array([n]) if save == "last" else np.arange(0, n + 1, thin)
    steps = np.full(n, step)
    noise = KeyedNoise(key, steps, dim, purpose=CHAIN_NOISE)
    job = March(Step(METHODS[method], functions), noise, chains, dim, max(dim, 1), np.zeros(n + 1), steps, start, keep,
                (math.sqrt(temperature), *extra), save_rows=save != "stats")
    checks.budget("the chains", job.columns * chains, 'use save="stats", save="last" or thin=')
    rows, state = runner.run(job, workers=workers, progress=progress)
    runner.warn_nonfinite(state, chains, "chains", "use a smaller step")
    shape = (len(keep), dim) if dim else (len(keep),)
    x = None if rows is None else rows.reshape(chains, *shape)
    return Chains(x, key, state.nonfinite, 1.0, None if rows is not None else state.record, shape)


def score_in_lanes(target: Any, x: NDArray[np.float64], dim: int,
                   args: tuple[Any, ...]) -> tuple[tuple[tuple[Any, str], ...], tuple[Any, ...]]:
    """((score(t, x, *args), kind),) for the lane loop and its args, of a distribution or of a user's score(x, *args)."""
    if hasattr(target, "lane_score"):
        if args:
            raise ValueError(f"args={args!r} goes with a score function: a distribution brings its own parameters")
        if dim != target.dim:
            raise ValueError(f"x0 has {dim or 'no'} components and the target has dim={target.dim}: give x0 of that length")
        compiled, parameters = target.lane_score([0.0])
        return ((compiled, "lanes"),), parameters
    args = check_args(args)
    at: Any = float(x[0]) if dim == 0 else tuple(map(float, x))
    probe("target", target, 0.0, at, args, shape=() if dim == 0 else (dim,), called="(x, *args)")

    def score(t: float, x: Any, *args: Any) -> Any:
        return target(x, *args)

    return ((score, "vector" if dim else "scalar"),), args
