"""Chapter 11: learning a score from samples (score matching), and sampling with it (reverse SDE).

Two theorems make this possible. The first is that the score of a density minimises an expectation
that samples estimate, so that it can be learned without knowing the density (Hyvarinen, Vincent).
The second is that noising can be reversed: if dx = -rate x dt + g dW turns data into noise, then dx
= [-rate x - g^2 s_t(x)] dt + g dV, run backwards in time, turns noise into data (Anderson). Here
s_t is the score of the law at time t, and V a Brownian motion of the reversed time.

Read `losses` and `denoising_losses`, with their `integrands`. Then read how a score is learned:
`features` and `feature_score` by one linear solve (`noisy_means` has the integrals), or `network`,
`nets`, `learning` and `training` by a small network, kept on disk by `archive`. Sampling begins
with `annealed`, `noising` and `noising_kinds`, and continues with `reverse` (and
`reverse_exponential` and `reverse_schemes`), `denoising_steps` and `flow` (with `flow_arguments`,
`flow_velocity`, `divergence` and `flow_steps`). `karras` takes the level of noise for the time, and
`flow_matching` learns the velocity of the flow in the place of the score. Most samplers share the
step in `moves`, and all of them call a score as `evaluation` does. `digits` puts all of it to the
test, on `digit_data` and by `distances`.
"""

from stochcalc.densities.circle import Circle
from stochcalc.densities.empirical import Empirical
from stochcalc.densities.mixture import GaussianMixture
from stochcalc.score.annealed import annealed_langevin
from stochcalc.score.denoising_losses import denoising_loss, ncsn_loss
from stochcalc.score.denoising_steps import ancestral
from stochcalc.score.feature_score import RandomFeatureScore
from stochcalc.score.features import fit_random_features
from stochcalc.score.flow import log_likelihood, probability_flow
from stochcalc.score.flow_matching import flow_matching_loss, flow_velocity
from stochcalc.score.karras import karras_sampler, rho_schedule
from stochcalc.score.learning import train_network
from stochcalc.score.losses import explicit_loss, sliced_loss
from stochcalc.score.network import ScoreNetwork
from stochcalc.score.noising import Noising
from stochcalc.score.noising_kinds import VE, VP, Straight
from stochcalc.score.reverse import reverse_sde

__all__ = [
    "GaussianMixture",
    "Empirical",
    "Circle",
    "explicit_loss",
    "denoising_loss",
    "sliced_loss",
    "ncsn_loss",
    "RandomFeatureScore",
    "fit_random_features",
    "ScoreNetwork",
    "train_network",
    "annealed_langevin",
    "Noising",
    "VE",
    "VP",
    "Straight",
    "reverse_sde",
    "ancestral",
    "probability_flow",
    "log_likelihood",
    "flow_velocity",
    "flow_matching_loss",
    "rho_schedule",
    "karras_sampler",
]
