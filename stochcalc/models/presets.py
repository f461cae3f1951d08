"""The named equations with the parameters, start and horizon that a first look wants: `stochcalc
converge --model gbm`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from stochcalc.models.affine import gbm, ou
from stochcalc.models.clark_cameron import clark_cameron
from stochcalc.models.explicit import arctan, sinh
from stochcalc.models.linear import linear_commuting, linear_noncommuting
from stochcalc.models.lorenz import lorenz
from stochcalc.models.model import Model
from stochcalc.models.pinned import bridge
from stochcalc.models.square_root import cir
from stochcalc.models.wells import cubic, double_well


@dataclass(frozen=True)
class Preset:
    """A named equation, ready to run: its parameters by name, where it starts, and until when."""

    make: Callable[..., Model]
    parameters: Mapping[str, Any]
    x0: float | tuple[float, ...]
    T: float = 1.0

    def model(self, changes: Mapping[str, float]) -> Model:
        """The model, with other values for some of its parameters.

        Raises
        ------
        ValueError
            For a parameter that the model does not have, or whose value is a matrix.
        """
        numbers = [name for name, value in self.parameters.items() if isinstance(value, float)]
        for name, value in changes.items():
            if name not in numbers:
                known = f"choose from {', '.join(numbers)}" if numbers else "it takes no numbers"
                raise ValueError(
                    f"{name}={value:g} is not a parameter of {self.make.__name__}: {known}"
                )
        return self.make(**{**self.parameters, **changes})


PRESETS = {
    "gbm": Preset(gbm, {"mu": 0.5, "sigma": 0.5, "lam": 0.0}, 1.0),
    "ou": Preset(ou, {"theta": 1.0, "mu": 0.0, "sigma": 0.5}, 1.0),
    "bridge": Preset(bridge, {"T": 1.0, "end": 0.0, "sigma": 1.0}, 0.0, 0.75),
    "sinh": Preset(sinh, {"c": 0.5, "sigma": 0.5}, 0.0),
    "arctan": Preset(arctan, {"sigma": 1.0}, 0.5),
    "cir": Preset(cir, {"kappa": 2.0, "theta": 0.5, "sigma": 0.5}, 0.5),
    "double_well": Preset(double_well, {"sigma": 0.7}, 0.0),
    "cubic": Preset(cubic, {"sigma": 1.0}, 1.0),
    "linear_commuting": Preset(
        linear_commuting,
        {"a": -0.5, "w": 2.0, "b1": 0.3, "c1": -0.1, "b2": 0.2, "c2": 0.4},
        (1.0, 0.0),
    ),
    "linear_noncommuting": Preset(
        linear_noncommuting,
        {
            "A": [[-1.0, 0.5], [-0.5, -1.0]],
            "B1": [[0.5, 0.0], [0.0, -0.5]],
            "B2": [[0.0, 0.5], [0.5, 0.0]],
        },
        (1.0, 1.0),
    ),
    "clark_cameron": Preset(clark_cameron, {}, (0.0, 0.0)),
    "lorenz": Preset(
        lorenz, {"sigma": 10.0, "rho": 28.0, "beta": 8.0 / 3.0, "amplitude": 0.1}, (1.0, 1.0, 1.0)
    ),
}
