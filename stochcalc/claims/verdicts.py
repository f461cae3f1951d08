"""What a run says of a claim in one line of words: the exact number, the measured one, the twin."""

from __future__ import annotations

from stochcalc.claims.row import AGREES, UNDECIDED, Finding, Row
from stochcalc.engine.shown_digits import show_apart


def say_verdict(row: Row) -> str:
    """Return the verdict on one number in words.

    Parameters
    ----------
    row : Row
        The number.

    Examples
    --------
    >>> from stochcalc.estimate import Estimate
    >>> row = Row(
    ...     statement="E R",
    ...     exact=-0.5,
    ...     measured=Estimate.normal(-0.49963, 0.00028),
    ...     twin=0.5,
    ...     twin_statement="+1/2",
    ... )
    >>> say_verdict(row)
    'exact -0.5, measured -0.49963 ± 0.00028; +0.5 is 3,570 standard errors away'
    """
    value, stderr = show_apart(float(row.measured.value), float(row.measured.stderr))
    first = f"exact {row.exact:.7g}, measured {value} ± {stderr}"
    twin = f"{row.twin:.7g}"
    if row.exact * row.twin < 0.0:  # they differ in the sign, so both have one
        twin = f"{row.twin:+.7g}"
    if row.verdict == AGREES:
        return f"{first}; {twin} is {count_errors(row.twin_z)} away"
    if row.verdict == UNDECIDED:
        return f"{first}; {say_undecided(row, twin)}"
    return f"{first}: refuted, {count_errors(row.z)} apart"


def say_undecided(row: Row, twin: str) -> str:
    """Return that the paths cannot tell a number from its twin, and how many would if it is known.

    Parameters
    ----------
    row : Row
        The number.
    twin : str
        Its twin, as text.
    """
    paths = "the paths" if row.paths is None else f"{row.paths:,} paths"
    needed = f"; {row.paths_needed:,} would" if row.paths_needed else ""
    return f"{paths} cannot tell it from {twin}{needed}"


def count_errors(z: float) -> str:
    """Return a distance in standard errors in words.

    Parameters
    ----------
    z : float
        The distance, of either sign.
    """
    size = abs(z)
    if size < 100.0:
        return f"{size:.1f} standard errors"
    return f"{size:,.0f} standard errors"


def choose_row(finding: Finding) -> Row:
    """Return the number of a claim that its line of words is about.

    It is the first that does not agree, and the first of all if all agree.

    Parameters
    ----------
    finding : Finding
        The outcome of a run.
    """
    for row in finding.rows:
        if row.verdict not in (AGREES, UNDECIDED):
            return row
    for row in finding.rows:
        if row.verdict != AGREES:
            return row
    return finding.rows[0]
