r"""Clark and Cameron's equation, which no scheme can solve from the increments alone.

It is the smallest equation of this kind: its solution contains Levy's area.
"""

from __future__ import annotations

import numpy as np

from stochcalc.engine.portable import portable
from stochcalc.engine.registers.matrix_columns import read_entry
from stochcalc.models.model import Model
from stochcalc.typing import Array, Noise, Number, Parameters, State


@portable
def clark_cameron() -> Model:
    r"""Return Clark and Cameron's equation, Brownian motion on the Heisenberg group.

    Returns
    -------
    Model
        With exact path, mean and variance, in two components.

    Notes
    -----
    .. math:: \dd X_1 = \dd W_1, \quad \dd X_2 = X_1 \, \dd W_2, \qquad
        X_2 = x_2 + x_1 W_2 + \int W_1 \, \dd W_2

    Over a step int W_1 dW_2 = dW_1 dW_2/2 + A_12 with Levy's area A. The path is as exact as the
    area that is drawn: the mean of the area and its variance given dW are exact, and its law is
    exact up to the terms that are left out of Levy's series (`engine.random.drivers`). The mean is
    x0; the variances are t and x_1^2 t + t^2/2.

    The noises do not commute, so that from increments alone no scheme does better than order 1/2:
    the best in n steps, E (X_2 | dW), has mean-square error T^2/(4n), and Euler-Maruyama has
    T^2/(2n).

    References
    ----------
    Clark and Cameron, in Stochastic Differential Systems, Lecture Notes in Control and Information
    Sciences 25 (1980) 162. [clarkcameron1980]

    Examples
    --------
    >>> clark_cameron().var(2.0, [1.0, 0.0])
    array([2., 4.])
    """

    def exact_step(t: float, x: State, dt: float, dW: Noise, A: Noise, args: Parameters) -> State:
        return x[0] + dW[0], x[1] + x[0] * dW[1] + 0.5 * dW[0] * dW[1] + read_entry(A, 0, 1)

    def law(t: Number, x0: Array) -> tuple[Number, Number]:
        t = np.asarray(t)
        mean = np.broadcast_to(x0, (*t.shape, 2)).copy()
        variance = np.stack([t, x0[0] ** 2 * t + 0.5 * t * t], axis=-1)
        return mean, variance

    return Model(
        name="clark_cameron",
        drift=lambda t, x: (0.0, 0.0),
        diffusion=lambda t, x: ((1.0, 0.0), (0.0, x[0])),
        exact_step=exact_step,
        law=law,
        drivers=("dW", "A"),
        dim=2,
        noise="general",
        drift_dx=lambda t, x: ((0.0, 0.0), (0.0, 0.0)),
        diffusion_dx=lambda t, x: (((0.0, 0.0), (0.0, 0.0)), ((0.0, 0.0), (1.0, 0.0))),
    )
