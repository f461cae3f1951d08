"""How many terms of the series of Levy's area keep its error below a bound.

The series and the two ways to draw its tail are in `levy_areas`.

Source: Kastner and Roessler, Numer. Algorithms 93 (2023) 27.
"""

from __future__ import annotations

import math

from stochcalc.engine import checks
from stochcalc.engine.habits import hint_names
from stochcalc.engine.random.philox import COMPONENTS
from stochcalc.engine.words import show
from stochcalc.motion.paths import BrownianPaths

# (L2 error of an area) pi terms/(h sqrt(dim)), as Kastner and Roessler give them
ERRORS = {"mrongowius_roessler": math.sqrt(1.0 / 12.0), "wiktorsson": math.sqrt(5.0 / 12.0)}


@hint_names
def levy_area_terms(
    error: float, h: float, dim: int = 2, method: str = "mrongowius_roessler"
) -> int:
    r"""Return how many terms of the series keep the error of an area below `error`.

    Parameters
    ----------
    error : float
        The root of the mean-square error of an area over one step, positive, in the unit of time.
    h : float
        Length of the step, positive.
    dim : int
        Number of components of the motion, at least 2.
    method : {"mrongowius_roessler", "wiktorsson"}
        How the tail of the series is drawn.

    Returns
    -------
    int
        The number of terms, at least 1.

    Raises
    ------
    TypeError, ValueError
        For an error or a step that is not positive, fewer than two components, an unknown method,
        an error so small that the terms exceed those a step can have.

    Notes
    -----
    The errors that have been proved are

    .. math:: \sqrt{\frac{dim}{12}} \frac{h}{\pi\, terms}, \qquad
        \sqrt{\frac{5\, dim}{12}} \frac{h}{\pi\, terms}

    for Mrongowius and Roessler, and for Wiktorsson: there are true areas, given the same
    increments, that are no further away in root mean square. As the number of terms grows, the
    first bound is twice the distance that its proof is about. Strong order 1 asks for an error of
    h^(3/2), and so for 1/sqrt(h) terms.

    References
    ----------
    Kastner and Roessler, Numer. Algorithms 93 (2023) 27. [kastnerroessler2023]

    Examples
    --------
    >>> levy_area_terms(1e-3, 0.01), levy_area_terms(1e-3, 0.01, method="wiktorsson")
    (2, 3)
    >>> [levy_area_terms(h**1.5, h) for h in (1e-2, 1e-4, 1e-6)]
    [2, 13, 130]
    """
    error = checks.number("error", error, above=0.0)
    h = checks.number("h", h, above=0.0)
    dim = checks.integer("dim", dim, 2)
    constant = ERRORS[checks.choice("method", method, ERRORS)]
    needed = constant * math.sqrt(dim) * h / (math.pi * error)
    most = most_terms(dim)
    if needed > most:
        raise ValueError(
            f"error={error:g} on steps of h={h:g} takes {needed:.3g} terms, over the {most:,} that "
            f"a step with dim={dim} can have: allow a larger error, or take shorter steps"
        )
    return max(1, math.ceil(needed))


def most_terms(dim: int) -> int:
    """Return how many terms a step can have.

    Its normals are numbered in a field of the generator's counter, which bounds their number.
    """
    return max(1, (COMPONENTS - 1 - dim * (dim + 1) // 2) // (2 * dim))


def count_terms(
    W: BrownianPaths, method: str, error: float | None, terms: int | None
) -> int | None:
    """Return the number of terms; None for as many as the schemes take."""
    steps = W.partition.steps
    if error is not None and terms is not None:
        raise ValueError(
            f"error={show(error)} and terms={show(terms)}: the one follows from the other, give "
            "one of them"
        )
    if terms is not None:
        return checks.integer("terms", terms, 0, most_terms(W.dim))
    if error is not None:
        return levy_area_terms(error, float(steps.max()), W.dim, method)
    if method == "mrongowius_roessler":
        return None
    shortest = float(steps.min())
    return levy_area_terms(shortest**1.5, shortest, W.dim, method)
