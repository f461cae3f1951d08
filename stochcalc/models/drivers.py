"""What the exact path of a model takes of the motion that drives it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stochcalc.engine.random.drivers import Driven
from stochcalc.engine.random.sources import Source
from stochcalc.motion.paths import BrownianPaths

if TYPE_CHECKING:
    from stochcalc.models.model import Model


def check_driver(model: Model, W: BrownianPaths) -> None:
    """Refuse a motion that does not have what the exact step of a model takes of it.

    Raises
    ------
    ValueError
        For another number of components, a correlation, or a motion that was not drawn on its grid.
    """
    if W.dim != model.noises:
        raise ValueError(
            f"W has dim={W.dim} and {model.name} is driven by {model.noises}: "
            f"brownian(dim={model.noises})"
        )
    if model.layout.matrix and model.noise != "additive" and W.factor is not None:
        raise ValueError(
            f"the exact path of {model.name} needs independent components, and W is correlated: "
            f"draw W without correlation="
        )
    if model.drivers != ("dW",) and not W.is_drawn:
        raise ValueError(
            f"the exact path of {model.name} is drawn with the increments, and W {W.origin}: "
            "draw W on this grid"
        )


def draw_noise(model: Model, W: BrownianPaths) -> Source:
    """Return the increments of W, with the other drivers that the exact step asks for."""
    layout = model.layout
    increments: Source = W.noise(plain=layout.size == 0)
    if layout.rows == layout.size:
        return increments
    return Driven(
        increments=increments,
        layout=layout,
        key=W.find_key("the exact path"),
        steps=W.partition.steps,
        factor=W.factor,
    )
