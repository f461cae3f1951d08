"""The named equations, each with parameters, a start and an end time for a first experiment.

The command line takes them by name: `stochcalc converge --model gbm`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from stochcalc.engine.words import suggest
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
    """A named equation that is ready to run.

    Attributes
    ----------
    make : callable
        The function that makes the model.
    parameters : mapping of str to float or rows of floats
        Its parameters by name.
    x0 : float or tuple of floats
        The start.
    T : float
        The end time.
    """

    make: Callable[..., Model]
    parameters: Mapping[str, Any]
    x0: float | tuple[float, ...]
    T: float = 1.0

    def model(self, changes: Mapping[str, float]) -> Model:
        """Return the model, with other values for some of its parameters.

        Parameters
        ----------
        changes : mapping of str to float
            The parameters that change, by name.

        Returns
        -------
        Model

        Raises
        ------
        ValueError
            For a parameter that the model does not have, or whose value is a matrix.
        """
        numbers = [name for name, value in self.parameters.items() if isinstance(value, float)]
        for name, value in changes.items():
            if name not in numbers:
                known = "it takes no numbers"
                if numbers:
                    known = f"choose from {', '.join(numbers)}"
                raise ValueError(
                    f"{name}={value:g} is not a parameter of {self.make.__name__}: {known}"
                    f"{suggest(name, numbers)}"
                )
        return self.make(**{**self.parameters, **changes})


PRESETS = {
    "gbm": Preset(make=gbm, parameters={"mu": 0.5, "sigma": 0.5, "lam": 0.0}, x0=1.0),
    "ou": Preset(make=ou, parameters={"theta": 1.0, "mu": 0.0, "sigma": 0.5}, x0=1.0),
    "bridge": Preset(make=bridge, parameters={"T": 1.0, "end": 0.0, "sigma": 1.0}, x0=0.0, T=0.75),
    "sinh": Preset(make=sinh, parameters={"c": 0.5, "sigma": 0.5}, x0=0.0),
    "arctan": Preset(make=arctan, parameters={"sigma": 1.0}, x0=0.5),
    "cir": Preset(make=cir, parameters={"kappa": 2.0, "theta": 0.5, "sigma": 0.5}, x0=0.5),
    "double_well": Preset(make=double_well, parameters={"sigma": 0.7}, x0=0.0),
    "cubic": Preset(make=cubic, parameters={"sigma": 1.0}, x0=1.0),
    "linear_commuting": Preset(
        make=linear_commuting,
        parameters={"a": -0.5, "w": 2.0, "b1": 0.3, "c1": -0.1, "b2": 0.2, "c2": 0.4},
        x0=(1.0, 0.0),
    ),
    "linear_noncommuting": Preset(
        make=linear_noncommuting,
        parameters={
            "A": [[-1.0, 0.5], [-0.5, -1.0]],
            "B1": [[0.5, 0.0], [0.0, -0.5]],
            "B2": [[0.0, 0.5], [0.5, 0.0]],
        },
        x0=(1.0, 1.0),
    ),
    "clark_cameron": Preset(make=clark_cameron, parameters={}, x0=(0.0, 0.0)),
    "lorenz": Preset(
        make=lorenz,
        parameters={"sigma": 10.0, "rho": 28.0, "beta": 8.0 / 3.0, "amplitude": 0.1},
        x0=(1.0, 1.0, 1.0),
    ),
}
