r"""Lorenz's equations with noise: chaos, and no formula for the path or its moments."""

from __future__ import annotations

from stochcalc.engine import checks
from stochcalc.engine.portable import portable
from stochcalc.models.model import Model


@portable
def lorenz(
    sigma: float = 10.0, rho: float = 28.0, beta: float = 8.0 / 3.0, amplitude: float = 0.1
) -> Model:
    r"""Return Lorenz's convection with noise in proportion to each component.

    Parameters
    ----------
    sigma : float
        The Prandtl number.
    rho : float
        The Rayleigh number over its critical value.
    beta : float
        The shape of the cells.
    amplitude : float
        The amplitude of the noise, not negative; 0 gives Lorenz's own equations.

    Returns
    -------
    Model
        In three components, with no exact path and no closed moments.

    Raises
    ------
    TypeError, ValueError
        For parameters that are not finite numbers, and an amplitude below 0.

    Notes
    -----
    .. math:: \dd X_i = a_i(X) \, \dd t + amplitude \, X_i \, \dd W_i

    .. math:: a = (\sigma (X_2 - X_1), \; X_1 (\rho - X_3) - X_2, \; X_1 X_2 - \beta X_3)

    At the usual parameters neighbouring paths part like e^(0.9 t), so that a strong error means
    something for a few units of time only.

    References
    ----------
    Lorenz, Journal of the Atmospheric Sciences 20 (1963) 130; with multiplicative noise Chekroun,
    Simonnet and Ghil, Physica D 240 (2011) 1685, who drive all components by one motion.
    [lorenz1963] [chekroun2011]

    Examples
    --------
    >>> lorenz().drift(0.0, (1.0, 2.0, 3.0), 10.0, 28.0, 3.0, 0.1)
    (10.0, 23.0, -7.0)
    """
    sigma = checks.number("sigma", sigma)
    rho = checks.number("rho", rho)
    beta = checks.number("beta", beta)
    amplitude = checks.number("amplitude", amplitude, least=0.0)
    return Model(
        name="lorenz",
        drift=lambda t, x, s, r, b, g: (
            s * (x[1] - x[0]),
            x[0] * (r - x[2]) - x[1],
            x[0] * x[1] - b * x[2],
        ),
        diffusion=lambda t, x, s, r, b, g: (g * x[0], g * x[1], g * x[2]),
        dim=3,
        args=(sigma, rho, beta, amplitude),
        drift_dx=lambda t, x, s, r, b, g: ((-s, s, 0.0), (r - x[2], -1.0, -x[0]), (x[1], x[0], -b)),
        diffusion_dx=lambda t, x, s, r, b, g: (g, g, g),
    )
