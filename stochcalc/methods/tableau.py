"""Tableaux of stochastic Runge-Kutta schemes: coefficients that check their own order conditions.

With stages H0_i for the drift and H_i for the noise (one set per noise k),

    H0_i = x + sum_j A0_ij a(t + c0_j h, H0_j) h + sum_j B0_ij b(t + c1_j h, H_j) u0
    H_i  = x + sum_j A1_ij a(t + c0_j h, H0_j) h + sum_j B1_ij b(t + c1_j h, H_j) u1
    x at t + h = x + sum_i alpha_i a(t + c0_i h, H0_i) h
                   + sum_r sum_i beta_ri b(t + c1_i h, H_i) v_r

where the random weights u0, u1, v_r belong to the family; c0 = A0 e and c1 = A1 e, with e a vector
of ones. Each scheme's file writes its step out; a test compares it with this formula.

An order condition says what a sum over the coefficients must be. "beta2 . B1e B1e = 0" means that
the products of the entries of beta2, of B1 e and again of B1 e add up to 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.typing import Array

Coefficients: TypeAlias = Any  # given as rows of numbers, and kept as an array that is read-only


def _freeze(rows: ArrayLike) -> Array:
    """Return rows of numbers as an array that cannot be written to."""
    array = np.array(rows, dtype=float)
    array.flags.writeable = False
    return array


@dataclass(frozen=True, eq=False)
class Tableau:
    """The coefficients of one scheme, in the notation of this module's docstring.

    Parameters
    ----------
    name : str
        The scheme's name, for messages.
    A0, B0, A1, B1 : array (stages, stages)
        The coefficients of the stages.
    alpha : array (stages,)
        The weights of the drift.
    beta : array (weights, stages)
        The weights of the noise, one row for each v_r.
    family : {"general", "diagonal", "additive"}
        Which order conditions hold, and what the random weights are.
    c1 : array (stages,), optional
        The times of the noise's stages, where they are not A1 e.

    Raises
    ------
    ValueError
        If the coefficients break an order condition; the message names it.
    """

    name: str
    A0: Coefficients
    B0: Coefficients
    A1: Coefficients
    B1: Coefficients
    alpha: Coefficients
    beta: Coefficients
    family: str
    c1: Coefficients = None

    def __post_init__(self) -> None:
        for field in ("A0", "B0", "A1", "B1", "alpha", "beta"):
            object.__setattr__(self, field, _freeze(getattr(self, field)))
        if self.c1 is None:
            object.__setattr__(self, "c1", self.A1.sum(axis=1))
        else:
            object.__setattr__(self, "c1", _freeze(self.c1))
        for condition in FAMILIES[self.family]:
            value = evaluate(condition, self)
            if abs(value - condition.value) > 1e-12:
                raise ValueError(
                    f"{self.name} breaks its order condition {condition.text} = "
                    f"{condition.value:g}: its coefficients give {value:g}"
                )

    @property
    def c0(self) -> Array:
        """The times of the drift's stages, as fractions of a step."""
        times: Array = self.A0.sum(axis=1)
        return times

    def vectors(self) -> dict[str, Array]:
        """Return the vectors that order conditions are made of, by name."""
        e = np.ones(len(self.alpha))
        vectors = {
            "alpha": self.alpha,
            "e": e,
            "A0e": self.A0 @ e,
            "B0e": self.B0 @ e,
            "A1e": self.c1,
            "B1e": self.B1 @ e,
            "B1B1e": self.B1 @ self.B1 @ e,
            "A1B0e": self.A1 @ self.B0 @ e,
        }
        for r, beta in enumerate(self.beta):
            vectors[f"beta{r + 1}"] = beta
        return vectors


class Condition(NamedTuple):
    """An order condition: a sum of products of vectors must have a value."""

    text: str  # the sum, for messages
    terms: list[tuple[float, str]]  # each term's factor, and the names of its vectors
    value: float


def evaluate(condition: Condition, tableau: Tableau) -> float:
    """Return the sum of an order condition for the coefficients of a tableau."""
    vectors = tableau.vectors()
    total = 0.0
    for factor, names in condition.terms:
        product = np.prod([vectors[name] for name in names.split()], axis=0)
        total += factor * float(product.sum())
    return total


def _conditions(weight: str, rows: str) -> list[Condition]:
    """Return the conditions "weight . (product of vectors) = value" from text.

    `rows` has one condition between commas: the names of the vectors, then the value, such as
    "B1e B1e 1".
    """
    conditions = []
    for row in rows.split(","):
        *names, value = row.split()
        product = " ".join(names)
        conditions.append(
            Condition(
                text=f"{weight} . {product}",
                terms=[(1.0, f"{weight} {product}")],
                value=float(value),
            )
        )
    return conditions


# Roessler, SIAM J. Numer. Anal. 48 (2010) 922: theorem 5.1 (general noise, strong order 1; the
# Stratonovich family has the same conditions), 6.1 (scalar and diagonal noise, 1.5) and 6.2
# (additive noise, 1.5). For general noise u0 = dW, u1 = I/sqrt(h), v = dW, sqrt(h); for diagonal
# noise u0 = I10/h, u1 = sqrt(h), v = dW, I11/sqrt(h), I10/h, I111/h; for additive noise u0 = I10/h,
# v = dW, I10/h.
FAMILIES = {
    "general": [
        *_conditions("alpha", "e 1, A0e 0.5"),
        *_conditions("beta1", "e 1, B1e 0"),
        *_conditions("beta2", "e 0, B1e 1, A1e 0, B1e B1e 0, B1B1e 0"),
    ],
    "diagonal": [
        *_conditions("alpha", "e 1, A0e 0.5, B0e 1, B0e B0e 1.5"),
        *_conditions("beta1", "e 1, B1e 0, A1e 1, B1e B1e 1, B1B1e 0"),
        *_conditions("beta2", "e 0, B1e 1, A1e 0, B1e B1e 0, B1B1e 0"),
        *_conditions("beta3", "e 0, B1e 0, A1e -1, B1e B1e -1, B1B1e 0"),
        *_conditions("beta4", "e 0, B1e 0, A1e 0, B1e B1e 2, B1B1e 1"),
        Condition(
            text="beta1 . A1B0e / 2 + beta3 . A1B0e / 3",
            terms=[(0.5, "beta1 A1B0e"), (1.0 / 3.0, "beta3 A1B0e")],
            value=0.0,
        ),
    ],
    "additive": [
        *_conditions("alpha", "e 1, A0e 0.5, B0e 1, B0e B0e 1.5"),
        *_conditions("beta1", "e 1, A1e 1"),
        *_conditions("beta2", "e 0, A1e -1"),
    ],
}
