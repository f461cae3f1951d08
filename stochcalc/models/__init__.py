"""Named equations whose path or law is known exactly, and a few that the field measures its schemes
on.
"""

from stochcalc.models.affine import gbm, ou
from stochcalc.models.clark_cameron import clark_cameron
from stochcalc.models.explicit import arctan, sinh
from stochcalc.models.linear import linear_commuting, linear_noncommuting
from stochcalc.models.lorenz import lorenz
from stochcalc.models.model import Model
from stochcalc.models.pinned import bridge
from stochcalc.models.square_root import cir
from stochcalc.models.wells import cubic, double_well

__all__ = [
    "Model",
    "gbm",
    "ou",
    "bridge",
    "sinh",
    "arctan",
    "cir",
    "double_well",
    "cubic",
    "linear_commuting",
    "linear_noncommuting",
    "clark_cameron",
    "lorenz",
]
