"""Targets for the tests of noisings and of noise run backwards."""

import numpy as np

from stochcalc.score import VE, GaussianMixture

MIXTURE = GaussianMixture(
    [0.3, 0.7], [[1.0, -1.0], [-2.0, 0.5]], [[[1.0, 0.4], [0.4, 2.0]], [[0.5, 0.0], [0.0, 0.5]]]
)
MU = np.array([1.0, -2.0])
C = np.array([[1.0, 0.4], [0.4, 0.5]])
ONE = np.eye(2)
GAUSSIAN = GaussianMixture([1.0], [MU], [C])
START = np.random.default_rng(5).normal(size=(300, 2)) * 3.0
DATA = np.array([[0.0, 0.0], [1.0, -0.5], [1.0, -0.5], [-2.0, 0.7], [0.3, 2.0]])
SHORT = VE(0.3, 8.0)
SCHEMES = ["heun", "lambda_euler", "milstein", "sra1", "sri2", "srs2", "weak2"]
