"""Quantiles of the laws from which confidence intervals are made; SciPy is imported when needed."""

from __future__ import annotations

from stochcalc.engine.compiler.interrupts import hold_interrupts_back


def normal_quantile(confidence: float) -> float:
    """Return q such that a standard normal number lies in [-q, q] with this probability."""
    with hold_interrupts_back():
        from scipy.special import ndtri

    return float(ndtri(0.5 + 0.5 * confidence))


def student_quantile(confidence: float, freedom: int) -> float:
    """Return q such that a Student number lies in [-q, q] with this probability.

    Its law has `freedom` degrees of freedom.
    """
    with hold_interrupts_back():
        from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.5 + 0.5 * confidence))
