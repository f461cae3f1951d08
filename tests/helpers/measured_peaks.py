"""What a call takes at its peak, in a fresh process: `python measured_peaks.py NAME SCALE`.

The call is made once at a small size, so that everything is compiled and imported. Then its memory
is estimated, and the growth of the process is measured while it runs. Both are printed, in bytes.
"""

from __future__ import annotations

import gc
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import stochcalc as sc

Call = tuple[Callable[..., object], tuple[Any, ...], dict[str, Any]]
POINTS = np.array([[0.0, 0.0], [1.0, 1.0], [-1.0, 3.0]])


def draw_motion(n: int, paths: int) -> sc.BrownianPaths:
    """Return a stored motion."""
    return sc.brownian(n=n, paths=paths, rng=1)


def draw_walks(paths: int, n: int) -> Any:
    """Return random walks in an array."""
    return np.random.default_rng(1).normal(size=(paths, n)).cumsum(axis=1)


def solve(size: int) -> Call:
    """A stored solution."""
    return sc.solve, (sc.models.gbm(0.1, 0.2), 1.0), {"n": 500, "paths": 200 * size, "rng": 1}


def fractional(size: int) -> Call:
    """Paths of fractional Brownian motion."""
    return sc.fractional_brownian, (0.3,), {"n": 500, "paths": 200 * size, "rng": 1}


def coloured(size: int) -> Call:
    """One long path of coloured noise."""
    return sc.coloured_noise, (0.3,), {"n": 20_000 * size, "rng": 1}


def integral(size: int) -> Call:
    """The integral of stored noise."""
    X = sc.coloured_noise(0.3, n=500, paths=200 * size, rng=1)
    return lambda: X.integral().values, (), {}


def refine(size: int) -> Call:
    """The values of a refined motion."""
    W = draw_motion(50, 200 * size)
    return lambda: W.refine(10).values, (), {}


def coarsen(size: int) -> Call:
    """The increments of a coarsened motion."""
    W = draw_motion(500, 2000 * size)
    return lambda: W.coarsen(10).increments, (), {}


def at(size: int) -> Call:
    """A motion at times inside its steps."""
    return draw_motion(500, 1000 * size).at, (np.linspace(0.001, 0.999, 100),), {}


def maximum(size: int) -> Call:
    """The running maxima of a motion."""
    return sc.maximum, (draw_motion(500, 200 * size),), {"running": True}


def spot_variance(size: int) -> Call:
    """The spot variance of many paths."""
    return sc.spot_variance, (draw_walks(20 * size, 500),), {"window": 50}


def sample_chains(size: int) -> Any:
    """Return the chains of a sampler."""
    return sc.langevin.sample(lambda x: -x, 0.0, step=0.1, n=100, chains=500 * size, rng=1)


def ess(size: int) -> Call:
    """The effective sample size of chains."""
    chains = sample_chains(size)
    return lambda: chains.ess, (), {}


def rhat(size: int) -> Call:
    """R-hat of chains."""
    chains = sample_chains(size)
    return lambda: chains.rhat, (), {}


def score(size: int) -> Call:
    """The score of a mixture of fifty components."""
    mixture = sc.score.GaussianMixture(np.ones(50) / 50, np.arange(100.0).reshape(50, 2), 1.0)
    return mixture.score, (draw_walks(35_000 * size, 2),), {}


def sample(size: int) -> Call:
    """A sample of a mixture."""
    mixture = sc.score.GaussianMixture([0.3, 0.3, 0.4], POINTS, 1.0)
    return mixture.sample, (40_000 * size,), {"rng": 1}


def momenta(size: int) -> Call:
    """The moments of chains that start from momenta of their own."""
    options = {"step": 0.1, "n": 2, "chains": 40_000 * size, "method": "baoab", "save": "stats"}
    return sc.langevin.sample, (lambda x: -x, 0.0), options | {"thin": 2, "rng": 1}


CASES = (
    solve,
    fractional,
    coloured,
    integral,
    refine,
    coarsen,
    at,
    maximum,
    spot_variance,
    ess,
    rhat,
    score,
    sample,
    momenta,
)


def read_bytes(name: str) -> int:
    """Return a size that Linux tells of this process, in bytes."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name):
            return 1024 * int(line.split()[1])
    raise ValueError(f"there is no {name}")


def main(name: str, size: int) -> None:
    """Print the estimated and the measured peak of a call."""
    warnings.simplefilter("ignore")  # of results, which nobody reads here
    make = {case.__name__: case for case in CASES}[name]
    call, arguments, options = make(1)
    call(*arguments, **options)
    call, arguments, options = make(size)
    estimate = sc.estimate_memory(call, *arguments, **options)
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # the peak is now what is used at present
    before = read_bytes("VmRSS")
    result = call(*arguments, **options)
    print(estimate.peak, read_bytes("VmHWM") - before)
    del result


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
