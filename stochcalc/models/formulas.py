r"""The formulas of the named models in LaTeX, as their docstrings have them."""

from __future__ import annotations

from collections.abc import Sequence

FORMULAS = {
    "ou": r"dX = \theta (\mu - X)\,dt + \sigma\,dW",
    "bridge": r"dX = \frac{\mathrm{end} - X}{T - t}\,dt + \sigma\,dW",
    "sinh": r"dX = \Bigl(c \sqrt{1 + X^2} + \tfrac12 \sigma^2 X\Bigr)\,dt"
    r" + \sigma \sqrt{1 + X^2}\,dW",
    "arctan": r"dX = -\sigma^2 \sin X \cos^3 X\,dt + \sigma \cos^2 X\,dW",
    "cir": r"dX = \kappa (\theta - X)\,dt + \sigma \sqrt{X}\,dW",
    "double_well": r"dX = (X - X^3)\,dt + \sigma\,dW",
    "cubic": r"dX = -X^3\,dt + \sigma\,dW",
    "linear_commuting": r"dz = (a + i w) z\,dt + (b_1 + i c_1) z\,dW_1 + (b_2 + i c_2) z\,dW_2,"
    r" \quad z = X_1 + i X_2",
    "linear_noncommuting": r"dX = A X\,dt + B_1 X\,dW_1 + B_2 X\,dW_2",
    "clark_cameron": r"dX_1 = dW_1, \quad dX_2 = X_1\,dW_2",
    "lorenz": r"dX_i = a_i(X)\,dt + g X_i\,dW_i, \quad a = (s (X_2 - X_1),\;"
    r" X_1 (r - X_3) - X_2,\; X_1 X_2 - b X_3)",
}
# Geometric Brownian motion is the one model that comes in every interpretation.
GBM = {
    0.0: r"dX = \mu X\,dt + \sigma X\,dW",
    0.5: r"dX = \mu X\,dt + \sigma X \circ dW",
}
GBM_OF_ANY = r"dX = \mu X\,dt + \sigma X \circ_\lambda dW"


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
    'dX = -X^3\\,dt + \\sigma\\,dW'
    """
    if name == "gbm":
        return GBM.get(lam, GBM_OF_ANY)
    return FORMULAS.get(name, "")


def list_formulas() -> Sequence[str]:
    """Return the formulas of all named models, in LaTeX."""
    return [*GBM.values(), GBM_OF_ANY, *FORMULAS.values()]
