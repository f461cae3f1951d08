r"""The equation dX = a(t, X) dt + b(t, X) dW with its interpretation, as data.

No numerics are done here. `lam` is the interpretation, the point of each small step at which b is
evaluated: 0 is its start (Ito), 1/2 its middle (Stratonovich), 1 its end (backward). Interpreted
with lambda, the equation is the Ito equation whose drift is a + lambda b b' for one noise, and in
general

    a_i + lambda sum_jk b_kj d_k b_ij,    d_k = d/dx_k

(Kloeden and Platen 1992, section 4.9, for lambda = 1/2). The same process with another lambda has
the same Ito drift: a_new + lam_new b b' = a + lam_old b b', and so

    a_new = a + (lam_old - lam_new) b b'
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field, fields
from typing import Any, TypedDict

from stochcalc.display.description import Description, Displayed
from stochcalc.display.equations import describe_equation, write_formula
from stochcalc.engine import checks
from stochcalc.engine.compiler.fingerprint import unwrap
from stochcalc.engine.functions.array_slopes import correct_drift_of_arrays, make_slope_of_arrays
from stochcalc.engine.functions.probe import check_args, check_function
from stochcalc.engine.portable import Portable, find_recipe, portable
from stochcalc.engine.registers.corrections import add_product
from stochcalc.engine.registers.slopes import make_central_slope
from stochcalc.engine.words import show
from stochcalc.typing import DiffusionFunction, DriftFunction, Parameters, State

NOISE_KINDS = ("scalar", "diagonal", "additive", "commuting", "general")
CENTRAL = "central"  # the word for a derivative by central differences


class SDEOptions(TypedDict, total=False):
    """The fields of an `SDE` that are given by keyword."""

    noise: str
    lam: float
    args: Parameters
    drift_dx: DriftFunction | str | None
    diffusion_dx: DiffusionFunction | str | None
    vectorized: bool


@dataclass(frozen=True, eq=False, repr=False)
class SDE(Portable, Displayed):
    r"""A stochastic differential equation.

    Parameters
    ----------
    drift, diffusion : callable `f(t, x, *args)`
        Functions that are written for floats with `math` or `np`. For a scalar problem (x0 a
        number) they get and return floats; for a system they get a sequence x[0], x[1], ... and
        return a tuple.
    noise : {"diagonal", "scalar", "additive", "commuting", "general"}
        The form of what the diffusion returns. "diagonal": one number per component, b_i dW_i,
        where b_i is a function of t and x_i only. "scalar": the same shape, with one dW for all
        components. "additive": d numbers or d rows of m, independent of x. "general": d rows
        of m. "commuting": the same, with sum_l b_lj d_l b_ik symmetric in j and k for every i.
    lam : float in [0, 1]
        The interpretation: 0 Ito (default), 1/2 Stratonovich, 1 backward.
    args : tuple of numbers and arrays
        Parameters that are passed on to every function; a sweep over them compiles once, where a
        function that closes over a number compiles again for each. An array is a table, which the
        functions index, or read by `np.interp`.
    drift_dx, diffusion_dx : callable or "central", optional
        Derivatives with respect to x; "central" takes central differences (accurate to about 1e-9).
        `drift_dx` returns a' for a scalar problem, otherwise the rows of da_i/dx_k. `diffusion_dx`
        returns b' for a scalar problem, the d numbers db_i/dx_i for diagonal noise, the rows of
        db_i/dx_k for scalar noise, and [i][j][k] = db_ij/dx_k for commuting and general noise.
    vectorized : bool
        Whether the functions take NumPy arrays: x of shape (paths,) for a scalar problem, otherwise
        (dim, paths), so that x[0] is still a component. They return what they would for floats,
        with arrays in the place of numbers; an array (dim, paths) may replace a tuple of dim, an
        array (dim, m, paths) rows, and a number may replace what all components share. Numba
        compiles them once for all dimensions: slices, `np.roll` and `np.sum` along axis=0, products
        of matrices, arithmetic and the elementary functions. A function that Numba cannot compile,
        and matrix noise, runs in NumPy, and so does a system with scalar noise that is read with
        another lambda. Each column is a path of its own, and x must not be changed.

    Raises
    ------
    TypeError, ValueError
        For a drift or diffusion that is not a function, a derivative that is another word than
        "central", an unknown noise kind, lam outside [0, 1], args that are not a tuple of numbers.

    Notes
    -----
    .. math:: \dd X = a(t, X) \, \dd t + b(t, X) \circ_\lambda \dd W

    The diffusion is evaluated at the point (1 - lambda) X_t + lambda X_{t+dt} of each short step.
    To take the path at the time between them has the same limit.

    References
    ----------
    Kloeden and Platen, Numerical Solution of Stochastic Differential Equations (1992), section 4.9.
    [kloedenplaten1992]

    Examples
    --------
    >>> sde = SDE(lambda t, x: -x, lambda t, x: 0.5 * x, lam=0.5, diffusion_dx=lambda t, x: 0.5)
    >>> sde.to_ito().drift(0.0, 2.0)      # -2 + 1/2 * 1 * 1/2
    -1.75

    A table of rates, one for each quarter of the year:

    >>> import numpy as np
    >>> from stochcalc.solver.solve import solve
    >>> rates = np.array([0.0, 0.02, 0.04, 0.01])
    >>> sde = SDE(lambda t, x, r: r[int(4 * t)] * x, lambda t, x, r: 0.0, args=(rates,))
    >>> round(float(solve(sde, 1.0, 1.0, n=1000).end[0]), 4)      # e^((0 + 2 + 4 + 1)/400)
    1.0177
    """

    drift: DriftFunction
    diffusion: DiffusionFunction
    noise: str = field(default="diagonal", kw_only=True)
    lam: float = field(default=0.0, kw_only=True)
    args: tuple[Any, ...] = field(default=(), kw_only=True)
    drift_dx: DriftFunction | str | None = field(default=None, kw_only=True)
    diffusion_dx: DiffusionFunction | str | None = field(default=None, kw_only=True)
    vectorized: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        """Check the fields; the interpretation and the parameters become floats."""
        check_function("drift", self.drift)
        check_function("diffusion", self.diffusion)
        checks.choice("noise", self.noise, NOISE_KINDS)
        object.__setattr__(self, "lam", checks.number("lam", self.lam, least=0.0, most=1.0))
        object.__setattr__(self, "args", check_args(self.args))
        checks.flag("vectorized", self.vectorized)
        _check_derivative("drift_dx", self.drift_dx)
        _check_derivative("diffusion_dx", self.diffusion_dx)

    def _describe(self) -> Description:
        functions = {name: _name_function(getattr(self, name)) for name in ("drift", "diffusion")}
        return describe_equation(
            self,
            f"SDE({self._list_fields()})",
            formula=write_formula(self.noise, self.lam),
            functions=functions,
        )

    def _list_fields(self) -> str:
        """Return the fields as text: functions by name, and what has its default value left out."""
        parts = []
        for item in fields(SDE):
            value = getattr(self, item.name)
            if value is item.default and item.name not in ("noise", "lam"):
                continue
            if callable(value):
                parts.append(f"{item.name}={_name_function(value)}")
            elif item.name == "lam":
                parts.append(f"lam={value:g}")
            elif value != item.default or item.name == "noise":
                parts.append(f"{item.name}={value!r}")
        return ", ".join(parts)

    def function(self, name: str) -> DriftFunction | None:
        """Return a function of the equation by its name; None for a derivative that is missing.

        A derivative that is given as "central" is made of difference quotients here.
        """
        if not isinstance(name, str) or not hasattr(self, name):
            raise ValueError(f"name={show(name)} must be a function of the equation, as 'drift'")
        function: DriftFunction | str | None = getattr(self, name)
        if not isinstance(function, str):
            return function
        make = make_slope_of_arrays if self.vectorized else make_central_slope
        if name == "drift_dx":
            return make(unwrap(self.drift), "scalar")
        return make(unwrap(self.diffusion), self.noise)

    def to(self, lam: float) -> SDE:
        r"""Return the equation of the same process in another interpretation.

        Parameters
        ----------
        lam : float in [0, 1]
            The new interpretation: 0 Ito, 1/2 Stratonovich, 1 backward.

        Returns
        -------
        SDE

        Raises
        ------
        ValueError
            If the drift would change and `diffusion_dx` is missing.

        Notes
        -----
        The drift takes the difference. For one noise

        .. math:: a_{new} = a + (\lambda_{old} - \lambda_{new}) \, b b'

        because both equations have the same Ito drift, a + lambda b b'.
        """
        return self.interpret(checks.number("lam", lam, least=0.0, most=1.0))

    def interpret(self, lam: float) -> SDE:
        """Do what `to` does, for any number lambda."""
        lam = checks.number("lam", lam)
        # one noise: a + (lam_old - lam_new) b b'
        shift = self.lam - lam
        if shift == 0.0 or self.noise == "additive":
            return self._with(lam=lam)
        slope = self.function("diffusion_dx")
        if slope is None:
            raise ValueError(
                f"lam={self.lam:g} to lam={lam:g} changes the drift by {shift:+g} b b': give "
                f"diffusion_dx=, or diffusion_dx='central' for central differences"
            )
        if self.vectorized:
            drift = correct_drift_of_arrays(self.drift, self.diffusion, slope, self.noise, shift)
        else:
            drift = _correct(self.drift, self.diffusion, slope, shift)
        drift_dx = None  # that of the old drift is wrong for the new one
        if self.drift_dx == CENTRAL:
            drift_dx = CENTRAL
        return self._with(lam=lam, drift=drift, drift_dx=drift_dx)

    def to_ito(self) -> SDE:
        """Return the same process as an Ito equation: `to(0.0)`."""
        return self.to(0.0)

    def to_stratonovich(self) -> SDE:
        """Return the same process as a Stratonovich equation: `to(0.5)`."""
        return self.to(0.5)

    def _with(self, **changes: Any) -> SDE:
        """Return an SDE with some of its fields changed, which were checked before."""
        other = object.__new__(SDE)
        for item in fields(SDE):
            value = changes.get(item.name, getattr(self, item.name))
            object.__setattr__(other, item.name, value)
        return other


def _check_derivative(name: str, value: object) -> None:
    """Refuse a derivative that is neither a function nor the word "central"."""
    if isinstance(value, str):
        checks.choice(name, value, (CENTRAL,))
    elif value is not None:
        check_function(name, value)


def _name_function(function: DriftFunction) -> str:
    """Return the name of a function, or the head of a lambda, as text."""
    recipe = find_recipe(function)
    if recipe is not None and recipe.make in (_correct, correct_drift_of_arrays):
        drift, *_, shift = recipe.read_arguments()
        name = _name_function(drift)
        if name.startswith("lambda"):
            name = f"({name})"
        sign = "+" if shift > 0.0 else "-"
        return f"{name} {sign} {abs(shift):g} b b'"
    if function.__name__ != "<lambda>":
        return function.__name__
    return f"lambda {str(inspect.signature(function))[1:-1]}: ..."


@portable
def _correct(
    a: DriftFunction, b: DiffusionFunction, db: DiffusionFunction, shift: float
) -> DriftFunction:
    """Return the drift with the correction for another interpretation, shift = lam_old - lam_new.

    It is a + shift b b' for one noise, a_i + shift b_i b_i' for diagonal noise, and in general
    a_i + shift sum_jk b_kj d_k b_ij.
    """

    def drift(t: float, x: State, *args: Parameters) -> State:
        # one noise: a + (lam_old - lam_new) b b'
        return add_product(a(t, x, *args), shift, b(t, x, *args), db(t, x, *args))

    return drift
