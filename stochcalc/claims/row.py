"""What a claim finds: rows, each an exact number with its measurement and its twin.

The twin of an exact number is a plausible wrong one. A measurement that agrees with the exact
number but cannot tell it from its twin says nothing, and the row is then undecided.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from stochcalc.display import Description, Displayed, Table
from stochcalc.engine.shown_digits import show_apart, show_z
from stochcalc.estimate import Estimate
from stochcalc.typing import Axes

SUPPORT = 6.0  # a number agrees with its measurement if |z| is at most this
REJECT = 20.0  # and a twin is refuted if |z| is beyond this

AGREES = "agrees"
REFUTED = "refuted"
UNDECIDED = "undecided"
ABOUT_UNDECIDED = (
    f"undecided: the number agrees, but its twin is not yet {REJECT:g} standard errors away; "
    f"more paths tell them apart"
)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One number of a claim: its exact value, its measurement, and its twin.

    Attributes
    ----------
    statement : str
        What is measured.
    exact : float
        Its exact value at the finite n that is simulated.
    measured : Estimate
        The measurement, with its standard error.
    twin : float
        A plausible wrong value.
    twin_statement : str
        What the wrong value would mean.
    paths : int, optional
        The number of paths behind the measurement, if it is not that of the run.
    limit : float, optional
        The value as n grows. It is shown, and never tested.

    Examples
    --------
    >>> from stochcalc.estimate import Estimate
    >>> row = Row(
    ...     statement="E W_1^2",
    ...     exact=1.0,
    ...     measured=Estimate.normal(1.002, 0.004),
    ...     twin=0.5,
    ...     twin_statement="half of it",
    ... )
    >>> row.verdict, round(row.z, 6), row.twin_refuted
    ('agrees', 0.5, True)
    """

    statement: str
    exact: float
    measured: Estimate
    twin: float
    twin_statement: str
    paths: int | None = None
    limit: float | None = None

    @property
    def z(self) -> float:
        """The number of standard errors by which the measurement exceeds the exact value."""
        return float(self.measured.z(self.exact))

    @property
    def twin_z(self) -> float:
        """The number of standard errors by which the measurement exceeds the twin."""
        return float(self.measured.z(self.twin))

    @property
    def twin_refuted(self) -> bool:
        """Whether the measurement rules the twin out."""
        return abs(self.twin_z) > REJECT

    @property
    def verdict(self) -> str:
        """The verdict: "agrees", "refuted", or "undecided" while the twin is not rejected.

        A measurement within a few standard errors of a theorem agrees with it, and proves nothing.
        """
        agrees = abs(self.z) <= SUPPORT  # false for nan
        if not agrees:
            return REFUTED
        if self.twin_refuted:
            return AGREES
        return UNDECIDED

    @property
    def paths_needed(self) -> int:
        """The number of paths that would reject the twin, with one standard error to spare.

        It is 0 if it is not known: for a twin that is the exact number, and for a measurement
        without a standard error.
        """
        distance: float = abs(self.exact - self.twin)
        if self.paths is None or distance == 0 or self.measured.stderr == 0:
            return 0
        distance /= self.measured.stderr
        factor = (REJECT + 1.0) / distance
        return math.ceil(self.paths * factor * factor)

    def __str__(self) -> str:
        return (
            f"{self.statement}: exact {self.exact:.7g}, measured {self.measured}, z {self.z:+.2f}, "
            f"{self.verdict}"
        )

    def __repr__(self) -> str:
        return f"Row({self})"


@dataclass(frozen=True, repr=False)
class Finding(Displayed):
    """The outcome of one run of a claim, which shows itself as a table.

    Attributes
    ----------
    rows : tuple of Row
        The numbers.
    draw : callable
        Draws the picture of the claim: draw(ax) returns ax.
    remarks : tuple of str
        Sentences that are printed below the rows.

    Examples
    --------
    >>> import stochcalc as sc
    >>> finding = sc.CLAIMS["G04"].run(paths=2048, rng=1)
    >>> len(finding.rows), callable(finding.draw)
    (3, True)
    """

    rows: tuple[Row, ...]
    draw: Callable[[Axes], Axes]
    remarks: tuple[str, ...] = ()

    def _describe(self) -> Description:
        remarks = self.remarks
        if any(row.verdict == UNDECIDED for row in self.rows):
            remarks += (ABOUT_UNDECIDED,)
        return Description(tables=(tabulate(self.rows),), remarks=remarks)


COLUMNS = {
    "": -20,
    "exact": 9,
    "measured": 9,
    "std error": 7,
    "z": 6,
    "verdict": 7,
    "limit": 5,
    "twin": 9,
    "z of the twin": 5,
}
OF_TWINS = 2  # the last columns, which HTML folds


def tabulate(rows: tuple[Row, ...]) -> Table:
    """Return rows as a table; the twin of each, and its z, are folded in HTML.

    Parameters
    ----------
    rows : tuple of Row
        The numbers.
    """
    return Table(
        title="",
        columns=COLUMNS,
        rows=tuple(_list_cells(row) for row in rows),
        folded=OF_TWINS,
        notes=tuple(f"{row.twin_statement}: {_say_outcome(row)}" for row in rows),
    )


def _list_cells(row: Row) -> tuple[str, ...]:
    """Return the cells of one number."""
    limit = ""
    if row.limit is not None:
        limit = f"{row.limit:.7g}"
    return (
        row.statement,
        f"{row.exact:.7g}",
        *show_apart(float(row.measured.value), float(row.measured.stderr)),
        show_z(row.z),
        row.verdict,
        limit,
        f"{row.twin:.7g}",
        show_z(row.twin_z),
    )


def _say_outcome(row: Row) -> str:
    """Return what became of the twin of a number."""
    if row.twin_refuted:
        return "the twin is refuted"
    return "the twin is not refuted"
