"""Named equations whose path or law is known exactly."""

from stochcalc.models.affine import gbm, ou
from stochcalc.models.model import Model

__all__ = ["Model", "gbm", "ou"]
