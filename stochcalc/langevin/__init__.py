"""Chapter 10: sampling a density by following its score uphill, with noise.

The main theorem is that dX = (1/2) grad log p(X) dt + dW leaves p invariant. A scheme for this
equation is a Markov chain. If its step is small enough, its law settles near p, with a bias that
depends on the step and is known exactly on Gaussians. To accept or reject each step removes the
bias. A splitting composes exact moves of a position and a momentum; in a good order they have a
small bias, or none in the position.

Read `samplers/overdamped` (ULA, MALA) and `samplers/kinetic` (splittings with a momentum).
`stationary` computes the bias on Gaussians exactly. `diagnostics` says how much the states of a
chain are worth, and `step_advice` how large a step may be. `sample` checks a request and returns
`chains`, and `jobs` hands them to the time loop; `target` and `samplers/sampler` say what is
sampled, and by what.
"""

from stochcalc.langevin.chains import Chains
from stochcalc.langevin.diagnostics import (
    autocorrelation_time,
    effective_sample_size,
    split_rhat,
)
from stochcalc.langevin.sample import sample
from stochcalc.langevin.samplers import SAMPLERS, Sampler
from stochcalc.langevin.stationary import LinearChain, linear_chain
from stochcalc.langevin.step_advice import StepAdvice, advise_step

__all__ = [
    "Chains",
    "SAMPLERS",
    "Sampler",
    "sample",
    "LinearChain",
    "linear_chain",
    "StepAdvice",
    "advise_step",
    "autocorrelation_time",
    "effective_sample_size",
    "split_rhat",
]
