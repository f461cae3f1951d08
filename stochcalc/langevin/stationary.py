"""What a sampler's chains settle to on a Gaussian, exactly: the fixed point of one step's second
moments.

On a Gaussian target a step is linear, state <- M state + N z, so its stationary covariance solves S
= M S M' + N N', a discrete Lyapunov equation. M and N are read off the step itself, by running it
on unit vectors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stochcalc.engine import checks
from stochcalc.engine.compiler.interrupts import interrupts_held_back
from stochcalc.langevin.sample import SAMPLERS
from stochcalc.langevin.sampler import Sampler


@dataclass(frozen=True, eq=False)
class LinearChain:
    """A sampler on the Gaussian of the given precision: state <- M state + N z.

    Attributes
    ----------
    M, N : ndarray, shapes (s, s) and (s, r)
        z are r standard normals.
    d : int
        Components; the state starts with the position, then the momentum of a kinetic sampler.
    """

    M: NDArray[np.float64]
    N: NDArray[np.float64]
    d: int
    sampler: Sampler

    @property
    def stationary(self) -> NDArray[np.float64]:
        """Covariance of position, and of position and momentum for a kinetic sampler, after many
        steps.
        """
        with interrupts_held_back():
            from scipy.linalg import solve_discrete_lyapunov

        reach = float(np.abs(np.linalg.eigvals(self.M)).max())
        if not reach < 1.0:
            raise ValueError(
                f"method={self.sampler.name!r} has no stationary law at this step: an error grows "
                f"by {reach:.4g} a step; use a smaller step, and friction > 0"
            )
        return self._seen(solve_discrete_lyapunov(self.M, self.N @ self.N.T))

    def after(self, n: int, start: ArrayLike | None = None) -> NDArray[np.float64]:
        """The same covariance after n steps, from a state of covariance `start` (default 0)."""
        n, size = checks.integer("n", n, 0), len(self.M)
        S = np.zeros_like(self.M) if start is None else checks.array("start", start)
        if S.shape != (size, size):
            raise ValueError(
                f"start has shape {S.shape}: give the covariance of the state, ({size}, {size})"
            )
        for _ in range(n):
            S = self.M @ S @ self.M.T + self.N @ self.N.T
        return self._seen(S)

    def _seen(self, S: NDArray[np.float64]) -> NDArray[np.float64]:
        size = (1 + self.sampler.momentum) * self.d
        return S[:size, :size]


def linear_chain(
    precision: ArrayLike,
    *,
    step: float,
    method: str = "ula",
    friction: float = 1.0,
    temperature: float = 1.0,
) -> LinearChain:
    """What a sampler does on N(0, temperature precision^-1).

    Parameters
    ----------
    precision : array_like, shape (d, d), or a number
        Symmetric positive definite: minus the Jacobian of the score.
    step, method, friction, temperature
        As in `sample`; "mala" is exact in law and not linear.

    Examples
    --------
    >>> linear_chain(2.0, step=0.4, method="ula").stationary.item()     # (1/k)/(1 - k h/4)
    0.625
    """
    sampler = SAMPLERS[
        checks.choice(
            "method", method, [name for name, one in SAMPLERS.items() if not one.adjusted]
        )
    ]
    step = checks.number("step", step, above=0.0)
    friction, temperature = (
        checks.number("friction", friction, least=0.0),
        checks.number("temperature", temperature, least=0.0),
    )
    K = np.atleast_2d(checks.array("precision", precision))
    if (
        K.ndim != 2
        or K.shape[0] != K.shape[1]
        or not np.allclose(K, K.T)
        or not (np.linalg.eigvalsh(K) > 0).all()
    ):
        raise ValueError(
            f"precision={np.asarray(precision).tolist()} must be a symmetric positive definite "
            f"matrix: minus the Jacobian of the score"
        )
    d = len(K)
    size, inputs = sampler.size(d), sampler.noises * d
    unit = np.eye(size + inputs)
    moved: Any = sampler.build(d)(
        lambda t, x, *args: -K @ x,
        0.0,
        unit[:size],
        step,
        unit[size:],
        sampler.parameters(step, friction, temperature),
    )
    return LinearChain(moved[:, :size], np.sqrt(step) * moved[:, size:], d, sampler)
