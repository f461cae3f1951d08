"""Broken equations of Kolmogorov: stationary densities and means that have closed forms."""

from __future__ import annotations

import math

import numpy as np
from broken import Defect, assert_near

import stochcalc as sc

EQUATION = "kolmogorov/equation.py"
LAW = "kolmogorov/law.py"
CELLS = "kolmogorov/cells.py"
VOLUMES = "kolmogorov/volumes.py"
EXTRAPOLATION = "kolmogorov/extrapolation.py"
SIX_DIGITS = 1e-6
MOTION = sc.SDE(lambda t, x: 0.0, lambda t, x: 1.0)
X = np.array([-0.75, 0.0, 0.5])


def growing(lam):
    """dX = -2 X dt + sqrt(1 + X^2) dW, read with lambda: Student's law with 5 - 2 lam degrees."""
    return sc.SDE(lambda t, x: -2.0 * x, lambda t, x: math.sqrt(1.0 + x * x), lam=lam)


def check_density(seed):
    """The density (1 + x^2)^(lam - 3), with its constant, and its variance, for three lambdas."""
    for lam in (0.0, 0.5, 1.0):
        p = sc.stationary_density(growing(lam))
        k = 3.0 - lam
        constant = math.gamma(k) / math.gamma(k - 0.5) / math.sqrt(math.pi)
        assert_near(p.pdf(X), constant * (1.0 + X * X) ** -k, SIX_DIGITS)
        assert_near(p.var, 1.0 / (2.0 * k - 3.0), SIX_DIGITS)


def check_beta(seed):
    """Shares with the law Beta(1/4, 1/4) have a third of it beyond the last panels."""
    genes = sc.SDE(lambda t, x: 0.25 * (0.5 - x), lambda t, x: math.sqrt(x * (1.0 - x)))
    p = sc.stationary_density(genes, 0.0, 1.0)
    assert_near([p.cdf(0.5), p.var], [0.5, 1.0 / 6.0], SIX_DIGITS)


def check_mean(seed):
    """The same equation has E X_T = x exp((lam - 2) T)."""
    for lam in (0.0, 0.5, 1.0):
        u = sc.backward_equation(growing(lam), lambda x: x, 1.0, -1000.0, 1000.0)
        assert_near(u(X), X * math.exp(lam - 2.0), SIX_DIGITS)


def check_walls(seed):
    """Walls that reflect let sines and cosines decay, and those that absorb are paid."""
    u = sc.backward_equation(MOTION, lambda x: math.sin(0.5 * math.pi * x), 0.5, -1.0, 1.0)
    assert_near(u(X), np.sin(0.5 * math.pi * X) * math.exp(-(math.pi**2) / 16.0), SIX_DIGITS)
    u = sc.backward_equation(
        MOTION, lambda x: 0.0, 40.0, -1.0, 1.0, walls="absorbing", wall_values=(0.0, 2.0)
    )
    assert_near(u(X), 1.0 + X, SIX_DIGITS)


def check_killing(seed):
    """E exp(-(1/2) int_0^1 W^2) = cosh(1)^(-1/2)."""
    u = sc.backward_equation(MOTION, lambda x: 1.0, 1.0, -8.0, 8.0, killing=lambda x: 0.5 * x * x)
    assert_near(u(0.0), math.cosh(1.0) ** -0.5, SIX_DIGITS)


def check_jump(seed):
    """Motion reaches the upper half with the probability of the normal law."""
    u = sc.backward_equation(MOTION, lambda x: float(x > 0.0), 1.0, -9.0, 8.0, breaks=[0.0])
    exact = [0.5 * math.erfc(-x / math.sqrt(2.0)) for x in X]
    assert_near(u(X), exact, SIX_DIGITS)


DEFECTS = (
    Defect(
        name="a stationary density without its lambda",
        what="The density is that of Ito's reading, whatever the lambda of the equation.",
        file=EQUATION,
        old="(2.0 * self.coefficients.lam - 2.0) * np.log(b)",
        new="-2.0 * np.log(b)",
        check=check_density,
        by="bits",
        everyday=True,
    ),
    Defect(
        name="a stationary density without the slope of its coordinate",
        what="The density of y is taken for that of x.",
        file=EQUATION,
        old="np.log(b) + log_slope\n",
        new="np.log(b)\n",
        check=check_density,
        by="bits",
    ),
    Defect(
        name="a stationary density with half of its drift",
        what="The exponent is int a/b^2, without its 2.",
        file=EQUATION,
        old="push = 2.0 * self.coefficients.drift(x)",
        new="push = self.coefficients.drift(x)",
        check=check_density,
        by="bits",
    ),
    Defect(
        name="a stationary density cut at the last panel",
        what="What lies between the last panel and the end of the interval is left out.",
        file=LAW,
        old="    return float(np.exp(height)) / -slope\n",
        new="    return 0.0\n",
        check=check_beta,
        by="bits",
    ),
    Defect(
        name="a backward equation without its lambda",
        what="The generator is that of Stratonovich's reading, where w does not depend on b.",
        file=CELLS,
        old="log_w = potentials + (2.0 * coefficients.lam - 1.0) * np.log(b)",
        new="log_w = potentials",
        check=check_mean,
        by="bits",
        everyday=True,
    ),
    Defect(
        name="a backward equation with the lambda of the wrong sign",
        what="The power of b in w is 1 - 2 lambda.",
        file=CELLS,
        old="(2.0 * coefficients.lam - 1.0) * np.log(b)",
        new="(1.0 - 2.0 * coefficients.lam) * np.log(b)",
        check=check_mean,
        by="bits",
    ),
    Defect(
        name="a wall with a whole volume",
        what="The node at a wall that reflects has the volume of an inner node.",
        file=VOLUMES,
        old="        up[0] *= 2.0 * above[j]\n",
        new="        up[0] *= 1.0\n",
        check=check_walls,
        by="bits",
    ),
    Defect(
        name="a wall that leaks",
        what="At a wall that absorbs, u moves with its neighbour.",
        file=VOLUMES,
        old="        if absorbs:\n",
        new="        if False and absorbs:\n",
        check=check_walls,
        by="bits",
    ),
    Defect(
        name="a killing rate that is not killed by",
        what="The diagonal of the generator lacks the killing rate.",
        file=VOLUMES,
        old="diagonal = -self.up - self.down - self.killing",
        new="diagonal = -self.up - self.down",
        check=check_killing,
        by="bits",
    ),
    Defect(
        name="a jump that belongs to one side",
        what="At a jump of f, the node has the value above it.",
        file=VOLUMES,
        old="            end = (1.0 - share) * end + share * values[j + 1][:1]\n",
        new="            end = values[j + 1][:1]\n",
        check=check_jump,
        by="bits",
    ),
    Defect(
        name="an extrapolation by the wrong power",
        what="The first extrapolation takes the error for one of order h.",
        file=EXTRAPOLATION,
        old="(fine[::2] - medium) / 3.0",
        new="(fine[::2] - medium) / 1.0",
        check=check_mean,
        by="bits",
    ),
)
