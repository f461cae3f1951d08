"""SAMPLING: follow the score uphill, with noise, and the chain's law becomes the density (up to a bias that is known)."""

from stochcalc.langevin.sample import Chains, sample

__all__ = ["Chains", "sample"]
