r"""The formulas of the named models in LaTeX, as their docstrings have them.

They are shown where nobody knows the macro `\dd` of the pages, and write its meaning instead.
"""

from __future__ import annotations

from collections.abc import Sequence

FORMULAS = {
    "ou": r"\mathrm{d}X = \theta (\mu - X)\,\mathrm{d}t + \sigma\,\mathrm{d}W",
    "bridge": r"\mathrm{d}X = \frac{\mathrm{end} - X}{T - t}\,\mathrm{d}t + \sigma\,\mathrm{d}W",
    "sinh": r"\mathrm{d}X = \Bigl(c \sqrt{1 + X^2} + \tfrac12 \sigma^2 X\Bigr)\,\mathrm{d}t"
    r" + \sigma \sqrt{1 + X^2}\,\mathrm{d}W",
    "arctan": r"\mathrm{d}X = -\sigma^2 \sin X \cos^3 X\,\mathrm{d}t"
    r" + \sigma \cos^2 X\,\mathrm{d}W",
    "cir": r"\mathrm{d}X = \kappa (\theta - X)\,\mathrm{d}t + \sigma \sqrt{X}\,\mathrm{d}W",
    "double_well": r"\mathrm{d}X = (X - X^3)\,\mathrm{d}t + \sigma\,\mathrm{d}W",
    "cubic": r"\mathrm{d}X = -X^3\,\mathrm{d}t + \sigma\,\mathrm{d}W",
    "linear_commuting": r"\mathrm{d}z = (a + i w) z\,\mathrm{d}t + (b_1 + i c_1) z\,\mathrm{d}W_1"
    r" + (b_2 + i c_2) z\,\mathrm{d}W_2,"
    r" \quad z = X_1 + i X_2",
    "linear_noncommuting": r"\mathrm{d}X = A X\,\mathrm{d}t"
    r" + B_1 X\,\mathrm{d}W_1 + B_2 X\,\mathrm{d}W_2",
    "clark_cameron": r"\mathrm{d}X_1 = \mathrm{d}W_1, \quad \mathrm{d}X_2 = X_1\,\mathrm{d}W_2",
    "lorenz": r"\mathrm{d}X_i = a_i(X)\,\mathrm{d}t + g X_i\,\mathrm{d}W_i,"
    r" \quad a = (s (X_2 - X_1),\;"
    r" X_1 (r - X_3) - X_2,\; X_1 X_2 - b X_3)",
}
# Geometric Brownian motion is the one model that comes in every interpretation.
GBM = {
    0.0: r"\mathrm{d}X = \mu X\,\mathrm{d}t + \sigma X\,\mathrm{d}W",
    0.5: r"\mathrm{d}X = \mu X\,\mathrm{d}t + \sigma X \circ \mathrm{d}W",
}
GBM_OF_ANY = r"\mathrm{d}X = \mu X\,\mathrm{d}t + \sigma X \circ_\lambda \mathrm{d}W"


def find_formula(name: str, lam: float) -> str:
    r"""Return the formula of a named model, in LaTeX; empty for a name that is not the package's.

    Parameters
    ----------
    name : str
        The name of the model.
    lam : float
        Its interpretation.

    Examples
    --------
    >>> find_formula("cubic", 0.0)
    '\\mathrm{d}X = -X^3\\,\\mathrm{d}t + \\sigma\\,\\mathrm{d}W'
    """
    if name == "gbm":
        return GBM.get(lam, GBM_OF_ANY)
    return FORMULAS.get(name, "")


def list_formulas() -> Sequence[str]:
    """Return the formulas of all named models, in LaTeX."""
    return [*GBM.values(), GBM_OF_ANY, *FORMULAS.values()]
