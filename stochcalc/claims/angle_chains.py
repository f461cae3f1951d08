"""The direction of a linear system in the plane under a scheme: a Markov chain of angles (G47).

The system is dX = diag(a, b) X dt + sigma J X o dW, with J a turn by a right angle. A step of a
scheme multiplies X by a random matrix G, so that the next angle depends on the last one and on the
increment alone. Means of functions of the angle are computed by trigonometric interpolation, which
suits functions of period pi, and by the trapezoid rule over the increment. `theorems.g47_lyapunov`
derives the matrices and measures what is computed here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from stochcalc.typing import Array

GROWTH = 0.5  # the a of the equation
DECAY = -1.5  # and its b
T = 8.0
STEPS = 256
ANGLES = 48  # of the quadrature


@dataclass(frozen=True, kw_only=True)
class Case:
    """A strength of the noise, a scheme, and the interpretation of the equation."""

    sigma: float
    method: str = "heun"
    lam: float = 0.5
    steps: int = STEPS

    @property
    def h(self) -> float:
        """The length of a step."""
        return T / self.steps


def step_matrices(case: Case, dW: Array) -> Array:
    """Return the matrix G of a step for each of some increments, shape (len(dW), 2, 2)."""
    identity = np.eye(2)
    J = np.array([[0.0, -1.0], [1.0, 0.0]])
    drift = np.diag([GROWTH, DECAY])
    square = case.sigma**2 * identity
    noise = case.sigma * dW[:, None, None] * J
    if case.method == "heun":
        M = (drift + (0.5 - case.lam) * square) * case.h + noise
        G: Array = identity + M + 0.5 * M @ M
    else:
        G = identity + (drift - case.lam * square) * case.h + noise
    return G


def angle_chain(case: Case, angles: int = ANGLES) -> tuple[Array, Array, Array]:
    """Return the angles from 0 to pi, the mean growth g of a step from each, and the matrix P."""
    normals = np.linspace(-12.0, 12.0, 121)
    weights = np.exp(-0.5 * normals**2)
    weights /= weights.sum()
    G = step_matrices(case, math.sqrt(case.h) * normals)
    phi = np.arange(angles) * np.pi / angles
    x = np.einsum("qij,jk->iqk", G, np.array([np.cos(phi), np.sin(phi)]))
    g = weights @ np.log(np.hypot(x[0], x[1]))
    after = np.arctan2(x[1], x[0])
    k = np.fft.fftfreq(angles, 1.0 / angles)  # of the waves exp(2 i k phi)
    means = np.einsum("q,qik->ik", weights, np.exp(2j * after[:, :, None] * k))
    P = (means @ np.exp(-2j * np.outer(k, phi)) / angles).real
    return phi, g, P


def growth(case: Case, angles: int = ANGLES) -> float:
    """Return E ln(|X_T|/|X_S|)/(T - S) of the scheme from (1, 0), where S = T/2.

    Examples
    --------
    >>> round(growth(Case(sigma=1.5)), 6), round(growth(Case(sigma=1.5), 64), 6)
    (-0.238791, -0.238791)
    """
    half = case.steps // 2
    _, g, P = angle_chain(case, angles)
    total = np.zeros(angles)
    for _ in range(half):
        total = g + P @ total
    for _ in range(half):
        total = P @ total
    return float(total[0]) / (T / 2.0)


def cosine(case: Case, angles: int = ANGLES) -> float:
    """Return E cos 2 phi_T of the scheme from (1, 0)."""
    phi, _, P = angle_chain(case, angles)
    value = np.cos(2.0 * phi)
    for _ in range(case.steps):
        value = P @ value
    return float(value[0])
