"""Tableaux of stochastic Runge-Kutta schemes: coefficients as frozen data that check their own
order conditions.

With stages H0_i for the drift and H_i for the noise (one set per noise k),

    H0_i = x + sum_j A0_ij a(t + c0_j h, H0_j) h + sum_j B0_ij b(t + c1_j h, H_j) u0
    H_i  = x + sum_j A1_ij a(t + c0_j h, H0_j) h + sum_j B1_ij b(t + c1_j h, H_j) u1
    x at t + h = x + sum_i alpha_i a(t + c0_i h, H0_i) h + sum_r sum_i beta_ri b(t + c1_i h, H_i)
    v_r

where the random weights u0, u1, v_r belong to the family; c0 = A0 e and c1 = A1 e. Each scheme's
file writes its step out; a test compares it with this formula.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


def _array(rows: Any) -> NDArray[np.float64]:
    array = np.array(rows, dtype=float)
    array.flags.writeable = False
    return array


@dataclass(frozen=True, eq=False)
class Tableau:
    """Coefficients of one scheme; making one with a broken order condition is a ValueError that
    names it.
    """

    name: str
    A0: Any
    B0: Any
    A1: Any
    B1: Any
    alpha: Any
    beta: Any
    family: str
    c1: Any = None  # times of the noise's stages, where they are not A1 e

    def __post_init__(self) -> None:
        for field in ("A0", "B0", "A1", "B1", "alpha", "beta"):
            object.__setattr__(self, field, _array(getattr(self, field)))
        object.__setattr__(self, "c1", self.A1.sum(axis=1) if self.c1 is None else _array(self.c1))
        for condition, (found, due) in conditions(self).items():
            if abs(found - due) > 1e-12:
                raise ValueError(
                    f"{self.name} breaks its order condition {condition} = {due:g}: its "
                    f"coefficients give {found:g}"
                )

    @property
    def c0(self) -> NDArray[np.float64]:
        """Times of the drift's stages."""
        return self.A0.sum(axis=1)


def conditions(tableau: Tableau) -> Mapping[str, tuple[float, float]]:
    """Each condition of the tableau's family, as text, with its value and what is due."""
    e = np.ones(len(tableau.alpha))
    names = {
        "alpha": tableau.alpha,
        "e": e,
        "A0e": tableau.A0 @ e,
        "B0e": tableau.B0 @ e,
        "A1e": tableau.c1,
        "B1e": tableau.B1 @ e,
        "B1B1e": tableau.B1 @ tableau.B1 @ e,
        "A1B0e": tableau.A1 @ tableau.B0 @ e,
    }
    names |= {f"beta{r + 1}": beta for r, beta in enumerate(tableau.beta)}
    return {
        text: (
            sum(
                factor * float(np.prod([names[name] for name in term.split()], axis=0).sum())
                for factor, term in terms
            ),
            due,
        )
        for text, terms, due in FAMILIES[tableau.family]
    }


def _sums(weight: str, rows: str) -> list[tuple[str, list[tuple[float, str]], float]]:
    """Conditions "weight . (product of vectors) = value" from lines such as "B1e B1e 1"."""
    found = []
    for row in rows.split(","):
        *vectors, due = row.split()
        found.append(
            (
                f"{weight} . {' '.join(vectors)}",
                [(1.0, f"{weight} {' '.join(vectors)}")],
                float(due),
            )
        )
    return found


# Roessler, SIAM J. Numer. Anal. 48 (2010) 922: theorem 5.1 (general noise, strong order 1; the
# Stratonovich family asks no less), 6.1 (scalar and diagonal noise, 1.5) and 6.2 (additive noise,
# 1.5). For general noise u0 = dW, u1 = I/sqrt(h), v = dW, sqrt(h); for diagonal noise u0 = I10/h,
# u1 = sqrt(h), v = dW, I11/sqrt(h), I10/h, I111/h; for additive noise u0 = I10/h, v = dW, I10/h.
FAMILIES = {
    "general": [
        *_sums("alpha", "e 1, A0e 0.5"),
        *_sums("beta1", "e 1, B1e 0"),
        *_sums("beta2", "e 0, B1e 1, A1e 0, B1e B1e 0, B1B1e 0"),
    ],
    "diagonal": [
        *_sums("alpha", "e 1, A0e 0.5, B0e 1, B0e B0e 1.5"),
        *_sums("beta1", "e 1, B1e 0, A1e 1, B1e B1e 1, B1B1e 0"),
        *_sums("beta2", "e 0, B1e 1, A1e 0, B1e B1e 0, B1B1e 0"),
        *_sums("beta3", "e 0, B1e 0, A1e -1, B1e B1e -1, B1B1e 0"),
        *_sums("beta4", "e 0, B1e 0, A1e 0, B1e B1e 2, B1B1e 1"),
        (
            "beta1 . A1B0e / 2 + beta3 . A1B0e / 3",
            [(0.5, "beta1 A1B0e"), (1.0 / 3.0, "beta3 A1B0e")],
            0.0,
        ),
    ],
    "additive": [
        *_sums("alpha", "e 1, A0e 0.5, B0e 1, B0e B0e 1.5"),
        *_sums("beta1", "e 1, A1e 1"),
        *_sums("beta2", "e 0, A1e -1"),
    ],
}
