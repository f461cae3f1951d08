"""Chapter 4: named equations whose path or law is known exactly, and a few hard ones.

A scheme can only be judged against something known. The main theorem behind the first of these
models is Ito's formula, read backwards: if X = u(t, W) with u smooth and increasing in W, then X
solves an SDE, whose exact path follows from the same W, so that a scheme's error is measured path
by path. Where no path is known, mean and variance or the stationary density often are.

Read `model` for what a model knows, `drivers` for what its exact path takes of a motion,
`model_record` for how that is checked and shown, and `formulas` for the equations in LaTeX; then
`affine` (geometric Brownian motion, Ornstein-Uhlenbeck), `explicit` and `pinned` for exact paths.
`linear` has systems whose noises commute and systems whose noises do not, and `clark_cameron` the
smallest equation of the second kind. `square_root`, `wells` and `lorenz` have no exact path.
`presets` has a first set of parameters for each.
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
