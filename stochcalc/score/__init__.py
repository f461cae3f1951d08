"""APPLICATION: sampling by scores, from exact mixtures to annealed Langevin dynamics."""

from stochcalc.score.annealed import annealed_langevin
from stochcalc.score.distributions import GaussianMixture

__all__ = ["GaussianMixture", "annealed_langevin"]
