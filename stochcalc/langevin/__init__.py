"""SAMPLING: follow the score uphill, with noise, and the chain's law becomes the density (up to a
bias that is known).
"""

from stochcalc.langevin.chains import Chains
from stochcalc.langevin.diagnostics import (
    StepAdvice,
    advise_step,
    autocorrelation_time,
    effective_sample_size,
    split_rhat,
)
from stochcalc.langevin.sample import SAMPLERS, sample
from stochcalc.langevin.sampler import Sampler
from stochcalc.langevin.stationary import LinearChain, linear_chain

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
