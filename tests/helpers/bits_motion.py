"""Calls whose bits are kept: motions, integrals, constructions, extremes, variation."""

from __future__ import annotations

import math

import numpy as np

import stochcalc as sc

KEY = 20_240_229
LAMBDAS = (0.0, 0.25, 0.5, 1.0)
LOCAL = ("realized", "bipower", "minrv", "medrv")
OBSERVED = (*LOCAL, "two_scale", "preaveraged")


def motion(n=24, paths=300, **options):
    """Make the motion that most calls here look at; `options` go to `brownian`."""
    return sc.brownian(1.5, n, paths=paths, key=KEY, **options)


def uneven(n=24, paths=300, **options):
    """Make a motion on random times."""
    grid = sc.Partition.random(1.5, n, rng=5)
    return sc.brownian(partition=grid, paths=paths, key=KEY, **options)


def correlation(dim):
    """Return the correlations of components that share one part.

    Their Cholesky factor takes exact products and roots alone, so that it has the same bits
    whatever library finds it.
    """
    matrix = np.full((dim, dim), 0.25)
    matrix[0, :] = 0.5
    matrix[:, 0] = 0.5
    np.fill_diagonal(matrix, 1.0)
    return matrix


def correlation_of_many(dim):
    """Return the correlations of components that share three parts, with a factor of halves."""
    factor = np.eye(dim)
    factor[3:] *= 0.5
    factor[3:, :3] = 0.5
    return factor @ factor.T


def seven(moments):
    """Return the seven moments, each by operations that round alike everywhere.

    The fourth one shows in the standard error of the variance, and the third in that of the mean
    square, without a power of 3/2 and without a division by a variance of 0.
    """
    return (
        moments.count,
        moments.mean,
        moments.var,
        moments.mean_square().stderr,
        moments.variance().stderr,
        moments.min,
        moments.max,
    )


def estimate(found):
    """Return an estimate's value and standard error."""
    return found.value, found.stderr


def wave(t, w):
    """Integrate a function of both arguments."""
    return math.sin(w) * math.exp(-0.3 * t) + 0.2 * w**3


def split(t, w):
    """Integrate a function with a branch."""
    return w * t if w > 0.1 else math.sqrt(1.0 + w * w)


def integrals_of_a_path(f, **options):
    """Sum f against the motion."""
    return sc.riemann_sum(f, motion(), **options)


CALLS = {
    "the values of a motion": lambda: motion().values,
    "the increments of a motion": lambda: motion().increments,
    "the values of a long motion": lambda: motion(1000, 3).values,
    "the values of a motion by its seed": lambda: sc.brownian(n=9, paths=257, rng=7).values,
    "the values of a motion in three components": lambda: motion(dim=3).values,
    "the increments of a motion in ten components": lambda: motion(dim=10).increments,
    "the values of a motion in two correlated components": lambda: (
        motion(dim=2, correlation=correlation(2)).values
    ),
    "the increments of a motion in ten correlated components": lambda: (
        motion(dim=10, correlation=correlation_of_many(10)).increments
    ),
    "the values of a motion on random times": lambda: uneven().values,
    "the increments of a motion on graded times": lambda: (
        sc.brownian(
            partition=sc.Partition.graded(2.0, 30, 2.0), paths=300, dim=3, key=KEY
        ).increments
    ),
    "the values of a motion on dyadic times": lambda: (
        sc.brownian(partition=sc.Partition.dyadic(2.0, 6), paths=513, key=KEY).values
    ),
    "a Poisson process": lambda: sc.poisson(7.0, 1.5, 24, paths=300, key=KEY).values,
    "a compound Poisson process on random times": lambda: (
        (
            sc.poisson(
                300.0, jump=-0.5, deviation=0.3, partition=uneven().partition, paths=300, key=KEY
            )
        ).increments
    ),
    "coloured noise on random times": lambda: (
        (sc.coloured_noise(0.3, size=2.0, partition=uneven().partition, paths=300, key=KEY)).values
    ),
    "telegraph noise": lambda: sc.telegraph_noise(0.3, 1.5, 24, paths=300, key=KEY).values,
    "a refined motion": lambda: motion().refine(5).values,
    "the increments of a motion refined twice": lambda: motion().refine(2).refine(3).increments,
    "a refined motion in three components": lambda: motion(dim=3).refine(4).values,
    "a refined motion in correlated components": lambda: (
        motion(dim=2, correlation=correlation(2)).refine(4).values
    ),
    "a refined motion on random times": lambda: uneven().refine(3).values,
    "a coarsened motion": lambda: motion().coarsen(6).values,
    "the increments of a coarsened motion": lambda: motion(dim=3).coarsen(4).increments,
    "a motion refined and coarsened": lambda: motion().refine(4).coarsen(3).increments,
    "a motion at times of its own": lambda: motion().at([0.0, 0.1234, 0.7, 0.7001, 1.5]),
    "a motion at one time": lambda: motion(dim=3).at(0.987),
    "a motion in correlated components at times of its own": lambda: motion(
        dim=2, correlation=correlation(2)
    ).at([0.2, 0.9]),
    "a refined motion at times of its own": lambda: uneven().refine(2).at([0.3, 0.31, 1.4]),
    "the moments of a sum along a streamed motion": lambda: seven(
        sc.ito(lambda t, w: w * w, motion(100, 1000, store=False), save="stats")
    ),
    "an Ito integral of a long motion": lambda: sc.ito(wave, motion(1000, 30)),
    "an Ito integral": lambda: sc.ito(wave, motion()),
    "a Stratonovich integral": lambda: sc.stratonovich(wave, motion()),
    "a backward integral": lambda: sc.backward(split, motion()),
    "an Ito integral of a refined motion": lambda: sc.ito(wave, motion().refine(3)),
    "an Ito integral of a coarsened motion": lambda: sc.ito(split, motion().coarsen(3)),
    "an Ito integral on random times": lambda: sc.ito(wave, uneven(), running=True),
    "a sum against another path": lambda: sc.riemann_sum(
        wave, motion(), 0.25, against=sc.brownian(1.5, 24, paths=300, key=KEY + 1)
    ),
    "the moments of a sum against another path, by value": lambda: seven(
        sc.riemann_sum(
            wave,
            motion(),
            0.25,
            at="value",
            save="stats",
            against=sc.brownian(1.5, 24, paths=300, key=KEY + 1),
        )
    ),
    "a sum of an array": lambda: sc.riemann_sum(
        motion().values ** 2, motion(), 0.25, at="value", running=True
    ),
    "the limit of a sum": lambda: sc.riemann_limit(
        lambda w: math.exp(w), lambda w: math.exp(w), motion(), 0.25
    ),
    "the limit of a sum on random times": lambda: sc.riemann_limit(
        lambda w: w**4, lambda w: 12.0 * w * w, uneven(), 1.0
    ),
    "what Ito's formula leaves over": lambda: sc.ito_residual(
        lambda w: math.sin(w), lambda w: math.cos(w), lambda w: -math.sin(w), motion()
    ),
    "what Ito's formula leaves over on random times": lambda: sc.ito_residual(
        lambda w: w**3, lambda w: 3.0 * w * w, lambda w: 6.0 * w, uneven()
    ),
    "an integral by parts": lambda: sc.paley_wiener_zygmund(
        lambda t: t * (1.5 - t), lambda t: 1.5 - 2.0 * t, motion()
    ),
    "the integral of a step process": lambda: sc.StepProcess(
        [0.0, 0.2, 0.5, 1.1], [1.0, -2.0, 0.5]
    ).integrate(motion()),
    "the integral of a step process with values by path": lambda: sc.StepProcess(
        [0.0, 0.5, 1.0], motion().values[:, [2, 5]]
    ).integrate(motion()),
    "four iterated integrals": lambda: sc.iterated_integrals(motion(), 4),
    "three iterated integrals at every time": lambda: sc.iterated_integrals(
        uneven(), 3, running=True
    ),
    "an iterated integral as a polynomial": lambda: sc.hermite(5, 1.5, motion().values[:, -1]),
    "Levy's area": lambda: sc.levy_area(motion(dim=3), 0, 2),
    "Levy's area at every time": lambda: sc.levy_area(motion(dim=2), running=True),
    "the double integrals of two components": lambda: sc.double_integrals(motion(dim=2)),
    "the double integrals of ten components, read by Stratonovich": lambda: sc.double_integrals(
        motion(8, 100, dim=10), lam=0.5
    ),
    "the double integrals to a given error": lambda: sc.double_integrals(
        motion(8, 100, dim=3), error=0.01
    ),
    "the double integrals of three terms on random times": lambda: sc.double_integrals(
        uneven(8, 100, dim=3), lam=1.0, terms=3
    ),
    "the double integrals by Wiktorsson": lambda: sc.double_integrals(
        motion(8, 100, dim=3), method="wiktorsson"
    ),
    "a bridge": lambda: sc.bridge(motion(), 1.0, -2.0),
    "a bridge in three components": lambda: sc.bridge(uneven(dim=3)),
    "a polygon": lambda: sc.polygon(motion(), 4),
    "Levy's construction": lambda: sc.levy_construction(motion(32), 3),
    "a Karhunen-Loeve sum": lambda: sc.karhunen_loeve(motion(), 7),
    "the maximum of a path": lambda: sc.maximum(motion()),
    "the maximum of a path so far": lambda: sc.maximum(uneven(), running=True),
    "the maximum over the grid": lambda: sc.maximum(motion(), continuous=False, running=True),
    "the moments of the highest point": lambda: seven(
        sc.expectation(lambda w: w.max(axis=1), motion(64, 1000, store=False))
    ),
    "the moments of the maximum and the end of three components": lambda: seven(
        sc.expectation(lambda w: (w.max(axis=(1, 2)), w[:, -1, 1]), motion(dim=3, store=False))
    ),
    "noisy observations of a motion": lambda: sc.observe(motion(), noise=0.05, sigma=0.4),
    "the variation of a motion": lambda: estimate(sc.quadratic_variation(motion(100))),
    "the variation of a motion so far": lambda: estimate(
        sc.quadratic_variation(motion(100), running=True)
    ),
    "the variation of a motion on random times": lambda: estimate(
        sc.quadratic_variation(uneven(100, store=False))
    ),
    "the variation of a refined motion": lambda: estimate(
        sc.quadratic_variation(motion().refine(4))
    ),
    "the cubic variation of a motion": lambda: estimate(sc.power_variation(motion(100), 3.0)),
    "the 3/2-variation of a motion": lambda: estimate(sc.power_variation(motion(100), 1.5)),
    "the covariation of two components": lambda: estimate(
        sc.covariation(motion(), sc.brownian(1.5, 24, paths=300, key=KEY + 1), running=True)
    ),
    "a test for jumps along a motion": lambda: (
        sc.jump_test(motion(100)).statistic,
        sc.jump_test(motion(100)).share,
    ),
    "the jumps of a motion": lambda: (
        sc.detect_jumps(motion(100), window=30).found,
        sc.detect_jumps(motion(100), window=30).statistic,
    ),
}

CALLS |= {
    f"a sum by {at} at lambda {lam:g}": lambda at=at, lam=lam: integrals_of_a_path(
        wave, lam=lam, at=at
    )
    for at in ("time", "value")
    for lam in LAMBDAS
}
CALLS |= {
    f"a running sum by {at} at lambda {lam:g} of a function with a branch": lambda at=at, lam=lam: (
        integrals_of_a_path(split, lam=lam, at=at, running=True)
    )
    for at in ("time", "value")
    for lam in LAMBDAS
}
CALLS |= {
    f"the moments of running sums by {at} at lambda {lam:g}": lambda at=at, lam=lam: seven(
        integrals_of_a_path(wave, lam=lam, at=at, running=True, save="stats")
    )
    for at in ("time", "value")
    for lam in LAMBDAS
}
CALLS |= {
    f"the {name} variation of noisy observations": lambda name=name: estimate(
        sc.quadratic_variation(sc.observe(motion(200), noise=0.05), estimator=name)
    )
    for name in OBSERVED
}
CALLS |= {
    f"the {name} spot variance of a motion": lambda name=name: estimate(
        sc.spot_variance(motion(100), window=20, estimator=name)
    )
    for name in LOCAL
}
