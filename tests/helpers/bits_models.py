"""Calls whose bits are kept: the models, and their first passages."""

from __future__ import annotations

from functools import partial

from bits_motion import estimate, seven
from bits_schemes import KEY, NUMBERS, SPAN, STEPS, paths_of, solved

import stochcalc as sc

GBM = sc.models.gbm(0.4, 0.6)
OU = sc.models.ou(2.0, 0.3, 0.7)
PLANE = sc.models.linear_commuting(-0.5, 2.0, 0.3, -0.1, 0.2, 0.4)
WITH_A_PATH = {
    "gbm": (GBM, 1.2),
    "gbm read by Stratonovich": (sc.models.gbm(0.4, 0.6, lam=0.5), 1.2),
    "ou": (OU, -0.4),
    "ou with large steps": (sc.models.ou(40.0, 0.3, 0.7), -0.4),
    "bridge": (sc.models.bridge(SPAN, 1.0, 0.8), 0.5),
    "sinh": (sc.models.sinh(0.5, 0.6), 0.2),
    "arctan": (sc.models.arctan(0.8), 0.5),
    "linear_commuting": (PLANE, (1.0, 0.2)),
    "clark_cameron": (sc.models.clark_cameron(), (0.3, -0.1)),
}
NONCOMMUTING = sc.models.linear_noncommuting(
    [[-1.0, 0.5], [-0.5, -1.0]], [[0.5, 0.0], [0.0, -0.5]], [[0.0, 0.5], [0.5, 0.0]]
)
WITHOUT_A_PATH = {
    "cir by euler_maruyama": (sc.models.cir(2.0, 0.5, 0.9), 0.2),
    "double_well by tamed_euler": (sc.models.double_well(0.7), 0.1),
    "cubic by theta": (sc.models.cubic(1.0), 1.5),
    "linear_noncommuting by srs2": (NONCOMMUTING, (1.0, 1.0)),
    "lorenz by heun": (sc.models.lorenz(), (1.0, 1.0, 1.0)),
    "lorenz by sriw1": (sc.models.lorenz(), (1.0, 1.0, 1.0)),
    "lorenz by theta": (sc.models.lorenz(), (1.0, 1.0, 1.0)),
    "sinh by weak2": (sc.models.sinh(0.5, 0.6), 0.2),
    "arctan by milstein": (sc.models.arctan(0.8), 0.5),
}
CALLS = {
    f"the exact path of {name}": lambda model=model, x0=x0: model.exact(
        sc.brownian(SPAN, STEPS, paths=300, dim=model.noises, key=KEY), x0
    )
    for name, (model, x0) in WITH_A_PATH.items()
}
CALLS |= {
    f"the moments of {name} solved exactly": lambda model=model, x0=x0: seven(
        solved(model, x0, "exact", save="stats").moments
    )
    for name, (model, x0) in WITH_A_PATH.items()
}
CALLS |= {
    name: lambda name=name, model=model, x0=x0: paths_of(model, x0, name.split(" by ")[1])
    for name, (model, x0) in WITHOUT_A_PATH.items()
}

# ---- first passages


def passage(sde, x0, barrier, **options):
    """Follow paths of a scalar problem to a barrier."""
    return sc.first_passage(sde, x0, barrier, SPAN, n=STEPS, paths=600, key=KEY, **options)


def passage_times(*case, **options):
    """Return the times of a passage."""
    return passage(*case, **options).times


def passage_stats(sde, x0, barrier, **options):
    """Return the probability and the mean of a passage whose times are not kept."""
    found = passage(sde, x0, barrier, save="stats", **options)
    return (*estimate(found.probability), *estimate(found.mean_restricted))


for bridged in (True, False):
    where = "with" if bridged else "without"
    CALLS |= {
        f"passages of {name} {where} crossings inside the steps": partial(
            passage_times, *case, method=method, correction=bridged
        )
        for name, case, method in (
            ("ou by euler_maruyama from below", (OU, 0.0, 0.6), "euler_maruyama"),
            ("gbm by milstein from above", (GBM, 1.0, 0.8), "milstein"),
            ("gbm by the exact step", (GBM, 1.0, 1.3), "exact"),
            ("a number by sriw1", (NUMBERS["diagonal"], 0.3, 0.6), "sriw1"),
            ("a number by srs2", (NUMBERS["diagonal"], 0.3, 0.0), "srs2"),
        )
    }
    CALLS |= {
        f"the probability of a passage of {name} {where} crossings inside the steps": partial(
            passage_stats, *case, correction=bridged
        )
        for name, case in (("ou", (OU, 0.0, 0.6)), ("gbm", (GBM, 1.0, 0.8)))
    }
