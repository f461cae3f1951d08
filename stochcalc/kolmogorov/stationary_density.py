"""The density that a scalar equation settles in, from its coefficients alone.

With dX = a dt + b dW, read with lambda, a density p carries the flow of probability
(a + lambda b b') p - (b^2 p)'/2. In one dimension a stationary law without flow through the ends
has no flow anywhere, so that

    p(x) = C b(x)^(2 lambda - 2) exp(int^x 2 a/b^2 ds)

`settling` takes the integral in a coordinate in which the interval is the whole line.
"""

from __future__ import annotations

import math

from stochcalc.engine.habits import hint_names
from stochcalc.kolmogorov.density import StationaryDensity
from stochcalc.kolmogorov.equation import Equation
from stochcalc.kolmogorov.line import read_line
from stochcalc.kolmogorov.read_coefficients import read_coefficients
from stochcalc.kolmogorov.settling import find_law
from stochcalc.sde import SDE

REMEDY = "give low= or high= at its zero, for the part on one side"


@hint_names
def stationary_density(
    sde: SDE, low: float = -math.inf, high: float = math.inf
) -> StationaryDensity:
    r"""Return the density that a scalar equation settles in, on an interval.

    Parameters
    ----------
    sde : SDE
        A scalar equation whose coefficients do not change with time, read with any lambda. Its
        derivatives are not needed.
    low, high : float
        The ends of the interval. Paths are reflected at a finite end, unless the equation keeps
        them away from it.

    Returns
    -------
    StationaryDensity
        With `pdf`, `cdf`, the mean, the variance and other expectations.

    Raises
    ------
    TypeError, ValueError
        For a system, for coefficients that change with time, fail or oscillate too quickly, for a
        diffusion that is 0 inside the interval, for a density that has no finite integral or is so
        narrow that its probabilities would not be right to three digits.

    Notes
    -----
    .. math:: p(x) = C \, b(x)^{2 \lambda - 2} \exp \int^x \frac{2 a(s)}{b(s)^2} \, \dd s

    It is the solution of Fokker and Planck's equation without a flow of probability. The larger
    lambda, the more weight there is where b is large. With an infinite end, modes that are farther
    than about 70 from 0 and lie behind a place where p is smaller than e^-80 times its largest
    value are not found: finite ends show the way.

    References
    ----------
    H. Risken, The Fokker-Planck Equation (1989), section 5.2; C. W. Gardiner, Handbook of
    Stochastic Methods (2004), section 5.2. [risken1989] [gardiner2004]

    Examples
    --------
    Noise that grows with the distance, read in two ways: dX = -2 X dt + sqrt(1 + X^2) dW has the
    variance 1/(2 (2 - lambda) - 1).

    >>> from stochcalc.sde import SDE
    >>> spread = lambda t, x: (1.0 + x * x) ** 0.5
    >>> for lam in (0.0, 1.0):
    ...     p = stationary_density(SDE(lambda t, x: -2.0 * x, spread, lam=lam))
    ...     print(f"{p.var:.6f} {p.pdf(0.0):.6f}")
    0.333333 0.848826
    1.000000 0.636620
    """
    line = read_line(low, high)
    coefficients = read_coefficients(sde, line.middle, line.spread, "stationary_density", REMEDY)
    law, error = find_law(Equation(coefficients, line))
    return StationaryDensity(
        sde=sde, lam=sde.lam, low=line.low, high=line.high, error=error, law=law
    )
