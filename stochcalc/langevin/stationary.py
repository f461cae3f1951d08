"""What a sampler's chains settle to on a Gaussian, exactly.

On a Gaussian target a step is linear, state <- M state + N z, so the stationary covariance is the
fixed point of one step: it solves S = M S M' + N N', a discrete Lyapunov equation. M and N are read
off the step itself, by running it on unit vectors.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.engine import checks
from stochcalc.engine.compiler.interrupts import hold_interrupts_back
from stochcalc.engine.habits import hint_names
from stochcalc.langevin.samplers import SAMPLERS, Sampler
from stochcalc.typing import Array

MOST_STEPS = 1_000_000  # of a covariance that is computed step by step


@dataclass(frozen=True, eq=False)
class LinearChain:
    r"""A sampler on a Gaussian, as the linear chain state <- M state + N z.

    Attributes
    ----------
    M, N : ndarray, shapes (s, s) and (s, r)
        The matrices of the step, for a state of s numbers and r standard normals z.
    d : int
        Number of components; the state starts with the position, then the momentum of a kinetic
        sampler.
    sampler : Sampler
        The sampler whose step it is.

    References
    ----------
    K. Burrage, I. Lenane and G. Lythe, SIAM J. Sci. Comput. 29 (2007) 245. [burrage2007]

    Examples
    --------
    >>> chain = linear_chain(1.0, step=0.5, method="ula")
    >>> chain.M.item(), round(chain.N.item() ** 2, 12)
    (0.75, 0.5)
    """

    M: Array
    N: Array
    d: int
    sampler: Sampler

    @property
    def stationary(self) -> Array:
        """The covariance after many steps.

        It is that of the position, and of position and momentum for a kinetic sampler.
        """
        with hold_interrupts_back():
            from scipy.linalg import solve_discrete_lyapunov

        reach = float(np.abs(np.linalg.eigvals(self.M)).max())
        if not reach < 1.0:
            raise ValueError(
                f"method={self.sampler.name!r} has no stationary law at this step: an error grows "
                f"by {reach:.4g} a step; use a smaller step, and friction > 0"
            )
        return self._without_memory(solve_discrete_lyapunov(self.M, self.N @ self.N.T))

    def after(self, n: int, start: ArrayLike | None = None) -> Array:
        """Return the covariance after n steps.

        Parameters
        ----------
        n : int
            Number of steps, from 0 to a million; `stationary` is the limit.
        start : array_like, shape (s, s), optional
            Covariance of the state at the start; 0 if left out.

        Returns
        -------
        ndarray, shape (d, d), or (2d, 2d) for a kinetic sampler
            The covariance of the position, or of position and momentum.

        Raises
        ------
        TypeError, ValueError
            For a negative n, or a start of another shape.

        Examples
        --------
        >>> linear_chain(1.0, step=0.5).after(1).round(12)
        array([[0.5]])
        """
        n = checks.integer("n", n, 0, MOST_STEPS)
        size = len(self.M)
        S = np.zeros_like(self.M)
        if start is not None:
            S = checks.array("start", start)
        if S.shape != (size, size):
            raise ValueError(
                f"start has shape {S.shape}: give the covariance of the state, ({size}, {size})"
            )
        for _ in range(n):
            S = self.M @ S @ self.M.T + self.N @ self.N.T
        return self._without_memory(S)

    def _without_memory(self, S: Array) -> Array:
        """Return the part of a covariance that belongs to position and momentum."""
        size = self.d
        if self.sampler.momentum:
            size = 2 * self.d
        return S[:size, :size]


@hint_names
def linear_chain(
    precision: ArrayLike,
    *,
    step: float,
    method: str = "ula",
    friction: float = 1.0,
    temperature: float = 1.0,
) -> LinearChain:
    """Return the linear chain that a sampler is on N(0, temperature precision^-1).

    Parameters
    ----------
    precision : array_like, shape (d, d), or a number
        Symmetric positive definite matrix: minus the Jacobian of the score.
    step : float
        Step size h, as in `sample`.
    method : str
        Name of a sampler, as in `sample`, except "mala", whose stationary law is exact and which is
        not linear.
    friction : float
        Friction of a kinetic method, at least 0.
    temperature : float
        Temperature, at least 0.

    Returns
    -------
    LinearChain

    Raises
    ------
    TypeError, ValueError
        For bad numbers, and a precision that is not symmetric positive definite.

    References
    ----------
    K. Burrage, I. Lenane and G. Lythe, SIAM J. Sci. Comput. 29 (2007) 245. [burrage2007]

    Examples
    --------
    >>> linear_chain(2.0, step=0.4, method="ula").stationary.item()     # (1/k)/(1 - k h/4)
    0.625
    """
    linear = [name for name, sampler in SAMPLERS.items() if not sampler.adjusted]
    sampler = SAMPLERS[checks.choice("method", method, linear)]
    step = checks.number("step", step, above=0.0)
    friction = checks.number("friction", friction, least=0.0)
    temperature = checks.number("temperature", temperature, least=0.0)
    K = _check_precision(precision)
    d = len(K)
    size = sampler.size(d)
    unit = np.eye(size + sampler.noises * d)
    take_step = sampler.build(d)
    image: Array = take_step(
        lambda t, x, *args: -K @ x,  # the score
        0.0,
        unit[:size],
        step,
        unit[size:],
        sampler.parameters(step, friction, temperature),
    )
    return LinearChain(M=image[:, :size], N=np.sqrt(step) * image[:, size:], d=d, sampler=sampler)


def _check_precision(precision: ArrayLike) -> Array:
    """Return the precision as a matrix, which must be symmetric positive definite."""
    K = np.atleast_2d(checks.array("precision", precision))
    square = K.ndim == 2 and K.shape[0] == K.shape[1]
    if not square or not np.allclose(K, K.T) or not (np.linalg.eigvalsh(K) > 0).all():
        raise ValueError(
            f"precision={np.asarray(precision).tolist()} must be a symmetric positive definite "
            f"matrix: minus the Jacobian of the score"
        )
    return K
