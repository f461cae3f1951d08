"""APPLICATION: sampling by scores, from exact mixtures to noise run backwards."""

from stochcalc.densities.circle import Circle
from stochcalc.densities.empirical import Empirical
from stochcalc.densities.mixture import GaussianMixture
from stochcalc.score.annealed import annealed_langevin
from stochcalc.score.features import RandomFeatureScore, fit_random_features
from stochcalc.score.flow import log_likelihood, probability_flow
from stochcalc.score.learning import train_network
from stochcalc.score.losses import denoising_loss, explicit_loss, ncsn_loss, sliced_loss
from stochcalc.score.network import ScoreNetwork
from stochcalc.score.noising import VE, VP, Noising
from stochcalc.score.reverse import ancestral, reverse_sde

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
    "reverse_sde",
    "ancestral",
    "probability_flow",
    "log_likelihood",
]
