r"""Linear systems in the plane, dX = A X dt + B_1 X dW_1 + B_2 X dW_2.

If A, B_1 and B_2 commute, the path is known; in any case the first two moments are.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.display.description import Description
from stochcalc.engine import checks
from stochcalc.engine.compiler.interrupts import hold_interrupts_back
from stochcalc.engine.portable import portable
from stochcalc.engine.words import show
from stochcalc.models.model import Model
from stochcalc.models.model_record import describe_model
from stochcalc.typing import Array, Noise, Number, Parameters, State


@portable
def linear_commuting(a: float, w: float, b1: float, c1: float, b2: float, c2: float) -> Model:
    r"""Return complex geometric Brownian motion, a linear system with noises that commute.

    Parameters
    ----------
    a, w : float
        Growth and rotation, per unit of time.
    b1, c1 : float
        Growth and rotation by the first noise.
    b2, c2 : float
        Growth and rotation by the second noise.

    Returns
    -------
    Model
        With exact path, mean and variance, in two components.

    Raises
    ------
    TypeError, ValueError
        For parameters that are not finite numbers.

    Notes
    -----
    For z = x_1 + i x_2, alpha = a + i w and beta_j = b_j + i c_j

    .. math:: \dd z = \alpha z \, \dd t + \beta_1 z \, \dd W_1 + \beta_2 z \, \dd W_2, \qquad
        z_t = z_0 \exp((\alpha - \tfrac12 (\beta_1^2 + \beta_2^2)) t + \beta_1 W_1 + \beta_2 W_2)

    As a real system, A = a I + w J and B_j = b_j I + c_j J with J = ((0, -1), (1, 0)): these are
    scalings and rotations, which commute. The moments are::

        E z = z_0 e^(alpha t)
        E z^2 = z_0^2 e^((2 alpha + beta_1^2 + beta_2^2) t)
        E |z|^2 = |z_0|^2 e^((2a + |beta_1|^2 + |beta_2|^2) t)

    For a = -c_1^2/2 and b_1 = beta_2 = 0 it is Kubo's oscillator, whose `|z|` is constant.

    References
    ----------
    Kloeden and Platen (1992), section 4.8; Kubo, J. Math. Phys. 4 (1963) 174.
    [kloedenplaten1992] [kubo1963]

    Examples
    --------
    >>> linear_commuting(-0.5, 2.0, 0.3, 0.0, 0.0, 0.4).mean(1.0, [1.0, 0.0]).round(6)
    array([-0.252406,  0.551517])
    """
    a = checks.number("a", a)
    w = checks.number("w", w)
    b1 = checks.number("b1", b1)
    c1 = checks.number("c1", c1)
    b2 = checks.number("b2", b2)
    c2 = checks.number("c2", c2)
    alpha = complex(a, w)
    beta1 = complex(b1, c1)
    beta2 = complex(b2, c2)

    def law(t: Number, x0: Array) -> tuple[Number, Number]:
        mean = complex(*x0) * np.exp(alpha * t)
        # E |z|^2 - |E z|^2
        spread = abs(mean) ** 2 * np.expm1((abs(beta1) ** 2 + abs(beta2) ** 2) * t)
        # Re (E z^2 - (E z)^2)
        twist = (mean**2 * np.expm1((beta1**2 + beta2**2) * t)).real
        variance = 0.5 * np.stack([spread + twist, spread - twist], axis=-1)
        return np.stack([mean.real, mean.imag], axis=-1), np.maximum(variance, 0.0)

    return Model(
        name="linear_commuting",
        drift=lambda t, x, a, w, b1, c1, b2, c2: (
            a * x[0] - w * x[1],
            w * x[0] + a * x[1],
        ),
        diffusion=lambda t, x, a, w, b1, c1, b2, c2: (
            (b1 * x[0] - c1 * x[1], b2 * x[0] - c2 * x[1]),
            (c1 * x[0] + b1 * x[1], c2 * x[0] + b2 * x[1]),
        ),
        exact_step=_turn_and_scale,
        law=law,
        dim=2,
        noise="commuting",
        args=(a, w, b1, c1, b2, c2),
        drift_dx=lambda t, x, a, w, b1, c1, b2, c2: ((a, -w), (w, a)),
        diffusion_dx=lambda t, x, a, w, b1, c1, b2, c2: (
            ((b1, -c1), (b2, -c2)),
            ((c1, b1), (c2, b2)),
        ),
    )


def _turn_and_scale(t: float, x: State, dt: float, dW: Noise, args: Parameters) -> State:
    """Return z exp((alpha - (beta_1^2 + beta_2^2)/2) dt + beta_1 dW_1 + beta_2 dW_2)."""
    a, w, b1, c1, b2, c2 = args
    radius = np.exp(
        (a - 0.5 * (b1 * b1 - c1 * c1 + b2 * b2 - c2 * c2)) * dt + b1 * dW[0] + b2 * dW[1]
    )
    angle = (w - b1 * c1 - b2 * c2) * dt + c1 * dW[0] + c2 * dW[1]
    cos = np.cos(angle)
    sin = np.sin(angle)
    return radius * (cos * x[0] - sin * x[1]), radius * (sin * x[0] + cos * x[1])


class LinearSystem(Model):
    """A linear system with its first two moments; `linear_noncommuting` makes it."""

    def second_moment(self, t: ArrayLike, x0: ArrayLike) -> Array:
        r"""Return E X_t X_t^T for X_0 = x0.

        Parameters
        ----------
        t : array_like
            Times, not negative.
        x0 : array_like, shape (2,)
            The start.

        Returns
        -------
        ndarray, of the shape of t with (2, 2) after it

        Raises
        ------
        TypeError, ValueError
            For a negative time, or a start that is not two numbers.
        """
        with hold_interrupts_back():
            from scipy.linalg import expm

        times = checks.array("t", t)
        start = self._start(x0)[0]
        if (times < 0).any():
            raise ValueError(f"t={show(t)} must not be negative: the law starts from X_0 = x0")
        A, B1, B2 = self.matrices
        one = np.eye(2)
        # dM/dt = A M + M A^T + B_1 M B_1^T + B_2 M B_2^T, with M as a vector of four numbers
        generator = np.kron(A, one) + np.kron(one, A) + np.kron(B1, B1) + np.kron(B2, B2)
        moments: Array = expm(generator * times[..., None, None]) @ np.outer(start, start).ravel()
        return moments.reshape(*times.shape, 2, 2)

    @property
    def matrices(self) -> Array:
        """The matrices A, B_1 and B_2, shape (3, 2, 2)."""
        return np.reshape(self.args, (3, 2, 2))

    def _describe(self) -> Description:
        texts = [str(matrix.tolist()) for matrix in self.matrices]
        return describe_model(self, dict(zip(("A", "B_1", "B_2"), texts)))


@portable
def linear_noncommuting(A: ArrayLike, B1: ArrayLike, B2: ArrayLike) -> LinearSystem:
    r"""Return the linear system of any three 2 x 2 matrices.

    It has no exact path, because that would take all iterated integrals of W.

    Parameters
    ----------
    A : array_like, shape (2, 2)
        The matrix of the drift.
    B1, B2 : array_like, shape (2, 2)
        The matrices of the two noises.

    Returns
    -------
    LinearSystem
        A model with mean, variance and `.second_moment`.

    Raises
    ------
    TypeError, ValueError
        For anything but 2 x 2 finite numbers.

    Notes
    -----
    .. math:: \dd X = A X \, \dd t + B_1 X \, \dd W_1 + B_2 X \, \dd W_2

    The moments solve linear equations: for the mean d/dt E X = A E X, and for M = E X X^T

    .. math:: \frac{\dd M}{\dd t} = A M + M A^T + B_1 M B_1^T + B_2 M B_2^T

    If the noises commute, `linear_commuting` may have the path.

    References
    ----------
    Arnold, Stochastic Differential Equations (1974), section 8.5; Kloeden and Platen (1992),
    section 4.8. [arnold1974] [kloedenplaten1992]

    Examples
    --------
    >>> A = [[-1.0, 0.0], [0.0, -1.0]]
    >>> B1 = [[0.5, 0.0], [0.0, -0.5]]
    >>> B2 = [[0.0, 0.5], [0.5, 0.0]]
    >>> model = linear_noncommuting(A, B1, B2)
    >>> model.var(1.0, [1.0, 0.0]).round(6)
    array([0.043897, 0.043897])
    """
    with hold_interrupts_back():
        from scipy.linalg import expm

    args = (*_read_entries("A", A), *_read_entries("B1", B1), *_read_entries("B2", B2))

    def law(t: Number, x0: Array) -> tuple[Number, Number]:
        mean = expm(model.matrices[0] * np.asarray(t)[..., None, None]) @ x0
        squares = np.diagonal(model.second_moment(t, x0), axis1=-2, axis2=-1)
        return mean, np.maximum(squares - mean * mean, 0.0)

    # m holds the entries of A (0 to 3), B_1 (4 to 7) and B_2 (8 to 11), row by row.
    model = LinearSystem(
        name="linear_noncommuting",
        drift=lambda t, x, *m: (m[0] * x[0] + m[1] * x[1], m[2] * x[0] + m[3] * x[1]),
        diffusion=lambda t, x, *m: (
            (m[4] * x[0] + m[5] * x[1], m[8] * x[0] + m[9] * x[1]),
            (m[6] * x[0] + m[7] * x[1], m[10] * x[0] + m[11] * x[1]),
        ),
        law=law,
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


def _read_entries(name: str, value: ArrayLike) -> tuple[float, ...]:
    """Return the entries of a 2 x 2 matrix row by row, or refuse another shape."""
    matrix = checks.array(name, value)
    if matrix.shape != (2, 2):
        raise ValueError(f"{name} has shape {matrix.shape}: give 2 rows of 2 numbers")
    return tuple(float(number) for number in matrix.ravel())
