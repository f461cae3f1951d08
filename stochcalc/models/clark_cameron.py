"""Clark and Cameron's equation: the smallest one that no scheme can solve from the increments
alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from stochcalc.engine.registers.matrix_columns import read_entry
from stochcalc.models.model import Model


def clark_cameron() -> Model:
    """dX_1 = dW_1, dX_2 = X_1 dW_2: Brownian motion on the Heisenberg group; X_2 = x_2 + x_1 W_2 +
    int W_1 dW_2.

    Over a step int W_1 dW_2 = dW_1 dW_2/2 + A_12 with Levy's area A. The path is as exact as the
    area that is drawn: the area's mean and its variance given dW are, its law is up to the terms
    left out of Levy's series (`engine.random.drivers`). Mean x0; variances t and x_1^2 t + t^2/2.

    The noises do not commute, so that from increments alone no scheme does better than order 1/2:
    the best in n steps, E (X_2 | dW), has mean-square error T^2/(4n), and Euler-Maruyama has
    T^2/(2n).

    Source: Clark and Cameron, in Stochastic Differential Systems, Lecture Notes in Control and
    Information Sciences 25 (1980) 162.

    Examples
    --------
    >>> clark_cameron().var(2.0, [1.0, 0.0])
    array([2., 4.])
    """

    def exact_step(t: float, x: Any, dt: float, dW: Any, A: Any, args: Any) -> Any:
        return x[0] + dW[0], x[1] + x[0] * dW[1] + 0.5 * dW[0] * dW[1] + read_entry(A, 0, 1)

    def law(t: Any, x0: Any) -> tuple[Any, Any]:
        t = np.asarray(t)
        return np.broadcast_to(x0, (*t.shape, 2)).copy(), np.stack(
            [t, x0[0] ** 2 * t + 0.5 * t * t], axis=-1
        )

    return Model(
        "clark_cameron",
        lambda t, x: (0.0, 0.0),
        lambda t, x: ((1.0, 0.0), (0.0, x[0])),
        exact_step,
        law,
        drivers=("dW", "A"),
        dim=2,
        noise="general",
        drift_dx=lambda t, x: ((0.0, 0.0), (0.0, 0.0)),
        diffusion_dx=lambda t, x: (((0.0, 0.0), (0.0, 0.0)), ((0.0, 0.0), (1.0, 0.0))),
    )
