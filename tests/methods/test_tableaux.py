"""Tableaux: steps are their formula, and a wrong coefficient is refused."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from stochcalc.methods import sra1, sri2, sriw1
from stochcalc.methods.tableau import Tableau


def general_step(tableau: Tableau, a, b, t, x, h, u0, u1, v):
    """The formula in `methods.tableau`, for a number: u0 and u1 are the weights inside, v those of
    the sum.
    """
    s = len(tableau.alpha)
    H0, H1 = np.zeros(s), np.zeros(s)
    fa, fb = np.zeros(s), np.zeros(s)
    for i in range(s):
        H0[i] = x + h * tableau.A0[i] @ fa + u0 * (tableau.B0[i] @ fb)
        H1[i] = x + h * tableau.A1[i] @ fa + u1 * (tableau.B1[i] @ fb)
        fa[i] = a(t + tableau.c0[i] * h, H0[i])
        fb[i] = b(t + tableau.c1[i] * h, H1[i])
    return (
        x
        + h * tableau.alpha @ fa
        + sum(weight * (beta @ fb) for weight, beta in zip(v, tableau.beta))
    )


def _a(t, x):
    return np.sin(x) + t


def _b(t, x):
    return 0.7 + 0.3 * np.cos(x + t)


@pytest.mark.parametrize("dW, z", [(0.3, -0.2), (-0.41, 1.7), (0.05, 0.0)])
def test_steps_are_their_tableaux(dW, z):
    t, x, h = 0.3, 0.8, 0.09
    root, I10 = math.sqrt(h), 0.5 * h * (dW + math.sqrt(h / 3) * z)
    I11, I111 = (dW * dW - h) / 2, (dW**3 - 3 * h * dW) / 6
    due = general_step(
        sriw1.TABLEAU, _a, _b, t, x, h, I10 / h, root, (dW, I11 / root, I10 / h, I111 / h)
    )
    assert sriw1.sriw1(_a, _b, t, x, h, dW, I10, ()) == pytest.approx(due, rel=1e-14)
    due = general_step(sri2.TABLEAU, _a, _b, t, x, h, dW, I11 / root, (dW, root))
    assert sri2.sri2(_a, _b, t, x, h, dW, 0.0, ()) == pytest.approx(due, rel=1e-14)
    additive = lambda t, x: 0.7 + t * t
    due = general_step(sra1.TABLEAU, _a, additive, t, x, h, I10 / h, 0.0, (dW, I10 / h))
    assert sra1.sra1(_a, additive, t, x, h, dW, I10, ()) == pytest.approx(due, rel=1e-14)


@pytest.mark.parametrize(
    "tableau", [sriw1.TABLEAU, sri2.TABLEAU, sra1.TABLEAU], ids=lambda tableau: tableau.name
)
def test_a_tableau_with_any_wrong_coefficient_that_matters_is_refused(tableau):
    refused = 0
    free = ("B0",) if tableau.family == "general" else ()  # strong order 1 asks nothing of it
    for field in {"A0", "B0", "A1", "B1", "alpha", "beta"}.difference(free):
        array = getattr(tableau, field)
        for at in zip(*np.nonzero(array)):
            wrong = array.copy()
            wrong[at] *= -1.0
            with pytest.raises(ValueError, match=f"{tableau.name} breaks its order condition"):
                dataclasses.replace(
                    tableau, **{field: wrong, "c1": None if tableau.name != "sra1" else tableau.c1}
                )
            refused += 1
    assert refused >= 7


def test_a_tableau_is_frozen():
    with pytest.raises(ValueError, match="read-only"):
        sriw1.TABLEAU.A0[0, 0] = 1.0
