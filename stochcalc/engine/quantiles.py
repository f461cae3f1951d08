"""Quantiles of the laws from which confidence intervals are made; SciPy is imported when needed."""

from __future__ import annotations

from stochcalc.engine import checks
from stochcalc.engine.compiler.interrupts import hold_interrupts_back


def normal_quantile(confidence: float) -> float:
    """Return q such that a standard normal number lies in [-q, q] with this probability.

    Raises
    ------
    TypeError, ValueError
        If `confidence` is no number between 0 and 1, ends excluded.
    """
    confidence = checks.number("confidence", confidence, above=0.0, below=1.0)
    with hold_interrupts_back():
        from scipy.special import ndtri

    return float(ndtri(0.5 + 0.5 * confidence))


def student_quantile(confidence: float, freedom: float) -> float:
    """Return q such that a Student number lies in [-q, q] with this probability.

    Its law has `freedom` degrees of freedom.

    Raises
    ------
    TypeError, ValueError
        If `confidence` is no number between 0 and 1, ends excluded, or `freedom` is not positive.
    """
    confidence = checks.number("confidence", confidence, above=0.0, below=1.0)
    freedom = checks.number("freedom", freedom, above=0.0)
    with hold_interrupts_back():
        from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.5 + 0.5 * confidence))
