"""Linear systems in the plane: with noises that commute, which have an exact path; and any, which
have exact moments.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stochcalc.engine import checks
from stochcalc.engine.compiler.interrupts import interrupts_held_back
from stochcalc.models.model import Model


def linear_commuting(a: float, w: float, b1: float, c1: float, b2: float, c2: float) -> Model:
    """Complex geometric Brownian motion dz = alpha z dt + beta_1 z dW_1 + beta_2 z dW_2, z = x_1 +
    i x_2.

    With alpha = a + i w and beta_j = b_j + i c_j: z_t = z_0 exp((alpha - (beta_1^2 + beta_2^2)/2) t
    + beta_1 W_1 + beta_2 W_2). As a real system, dX = A X dt + B_1 X dW_1 + B_2 X dW_2 with A = a I
    + w J, B_j = b_j I + c_j J, J = ((0, -1), (1, 0)): scalings and rotations, which commute.
    Moments by E z = z_0 e^(alpha t), E z^2 = z_0^2 e^((2 alpha + beta_1^2 + beta_2^2) t) and E
    |z|^2 = |z_0|^2 e^((2a + |beta_1|^2 + |beta_2|^2) t). For a = -c_1^2/2 and b_1 = beta_2 = 0 it
    is Kubo's oscillator, whose |z| is constant.

    Source: Kloeden and Platen (1992), section 4.8; Kubo, J. Math. Phys. 4 (1963) 174.

    Parameters
    ----------
    a, w : float
        Growth and rotation.
    b1, c1, b2, c2 : float
        Growth and rotation by each noise.

    Raises
    ------
    TypeError, ValueError
        For parameters that are not finite numbers.

    Examples
    --------
    >>> linear_commuting(-0.5, 2.0, 0.3, 0.0, 0.0, 0.4).mean(1.0, [1.0, 0.0]).round(6)
    array([-0.252406,  0.551517])
    """
    args = tuple(
        checks.number(name, value)
        for name, value in zip(("a", "w", "b1", "c1", "b2", "c2"), (a, w, b1, c1, b2, c2))
    )
    alpha, beta1, beta2 = complex(*args[:2]), complex(*args[2:4]), complex(*args[4:])

    def drift(t, x, a, w, b1, c1, b2, c2):
        return a * x[0] - w * x[1], w * x[0] + a * x[1]

    def diffusion(t, x, a, w, b1, c1, b2, c2):
        return (b1 * x[0] - c1 * x[1], b2 * x[0] - c2 * x[1]), (
            c1 * x[0] + b1 * x[1],
            c2 * x[0] + b2 * x[1],
        )

    def exact_step(t: float, x: Any, dt: float, dW: Any, args: Any) -> Any:
        a, w, b1, c1, b2, c2 = args
        radius = np.exp(
            (a - 0.5 * (b1 * b1 - c1 * c1 + b2 * b2 - c2 * c2)) * dt + b1 * dW[0] + b2 * dW[1]
        )
        angle = (w - b1 * c1 - b2 * c2) * dt + c1 * dW[0] + c2 * dW[1]
        cos, sin = np.cos(angle), np.sin(angle)
        return radius * (cos * x[0] - sin * x[1]), radius * (sin * x[0] + cos * x[1])

    def law(t: Any, x0: Any) -> tuple[Any, Any]:
        mean = complex(*x0) * np.exp(alpha * t)
        # E |z|^2 - |E z|^2
        spread = abs(mean) ** 2 * np.expm1((abs(beta1) ** 2 + abs(beta2) ** 2) * t)
        twist = (mean**2 * np.expm1((beta1**2 + beta2**2) * t)).real  # Re (E z^2 - (E z)^2)
        return (
            np.stack([mean.real, mean.imag], axis=-1),
            np.maximum(0.5 * np.stack([spread + twist, spread - twist], axis=-1), 0.0),
        )

    return Model(
        "linear_commuting",
        drift,
        diffusion,
        exact_step,
        law,
        dim=2,
        noise="commuting",
        args=args,
        drift_dx=lambda t, x, a, w, b1, c1, b2, c2: ((a, -w), (w, a)),
        diffusion_dx=lambda t, x, a, w, b1, c1, b2, c2: (
            ((b1, -c1), (b2, -c2)),
            ((c1, b1), (c2, b2)),
        ),
    )


class LinearSystem(Model):
    """A linear system with its first two moments; made by `linear_noncommuting`."""

    def second_moment(self, t: ArrayLike, x0: Any) -> NDArray[np.float64]:
        """E X_t X_t^T for X_0 = x0, of the shape of t with (2, 2) after it."""
        with interrupts_held_back():
            from scipy.linalg import expm

        times, start = checks.array("t", t), self._start(x0)[0]
        if (times < 0).any():
            raise ValueError(f"t={t!r} must not be negative: the law starts from X_0 = x0")
        A, B1, B2 = self.matrices
        one = np.eye(2)
        generator = np.kron(A, one) + np.kron(one, A) + np.kron(B1, B1) + np.kron(B2, B2)
        moments: NDArray[np.float64] = (
            expm(generator * times[..., None, None]) @ np.outer(start, start).ravel()
        )
        return moments.reshape(*times.shape, 2, 2)

    @property
    def matrices(self) -> NDArray[np.float64]:
        """A, B_1 and B_2, shape (3, 2, 2)."""
        return np.reshape(self.args, (3, 2, 2))

    def __repr__(self) -> str:
        matrices = ", ".join(str(matrix.tolist()) for matrix in self.matrices)
        return f"models.linear_noncommuting({matrices})"


def linear_noncommuting(A: ArrayLike, B1: ArrayLike, B2: ArrayLike) -> LinearSystem:
    """Return dX = A X dt + B_1 X dW_1 + B_2 X dW_2 for any 2 x 2 matrices.

    The model has no exact path, because that would take all iterated integrals of W.

    The moments solve linear equations: d/dt E X = A E X, and d/dt M = A M + M A^T + B_1 M B_1^T +
    B_2 M B_2^T for M = E X X^T. If the noises commute, `linear_commuting` may have the path.

    Source: Arnold, Stochastic Differential Equations (1974), section 8.5; Kloeden and Platen
    (1992), section 4.8.

    Parameters
    ----------
    A, B1, B2 : array_like, shape (2, 2)

    Returns
    -------
    LinearSystem
        A model with `.second_moment`.

    Raises
    ------
    TypeError, ValueError
        For anything but 2 x 2 finite numbers.

    Examples
    --------
    >>> A = [[-1.0, 0.0], [0.0, -1.0]]
    >>> B1 = [[0.5, 0.0], [0.0, -0.5]]
    >>> B2 = [[0.0, 0.5], [0.5, 0.0]]
    >>> model = linear_noncommuting(A, B1, B2)
    >>> model.var(1.0, [1.0, 0.0]).round(6)
    array([0.043897, 0.043897])
    """
    with interrupts_held_back():
        from scipy.linalg import expm

    args = tuple(
        float(number)
        for name, value in (("A", A), ("B1", B1), ("B2", B2))
        for number in _square(name, value).ravel()
    )

    def diffusion(t, x, *m):
        return (
            (m[4] * x[0] + m[5] * x[1], m[8] * x[0] + m[9] * x[1]),
            (m[6] * x[0] + m[7] * x[1], m[10] * x[0] + m[11] * x[1]),
        )

    def law(t: Any, x0: Any) -> tuple[Any, Any]:
        mean = expm(model.matrices[0] * np.asarray(t)[..., None, None]) @ x0
        squares = np.diagonal(model.second_moment(t, x0), axis1=-2, axis2=-1)
        return mean, np.maximum(squares - mean * mean, 0.0)

    model = LinearSystem(
        "linear_noncommuting",
        lambda t, x, *m: (m[0] * x[0] + m[1] * x[1], m[2] * x[0] + m[3] * x[1]),
        diffusion,
        None,
        law,
        dim=2,
        noise="general",
        args=args,
        drift_dx=lambda t, x, *m: ((m[0], m[1]), (m[2], m[3])),
        diffusion_dx=lambda t, x, *m: (
            ((m[4], m[5]), (m[8], m[9])),
            ((m[6], m[7]), (m[10], m[11])),
        ),
    )
    return model


def _square(name: str, value: ArrayLike) -> NDArray[np.float64]:
    matrix = checks.array(name, value)
    if matrix.shape != (2, 2):
        raise ValueError(f"{name} has shape {matrix.shape}: give 2 rows of 2 numbers")
    return matrix
