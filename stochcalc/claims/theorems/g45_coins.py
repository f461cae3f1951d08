"""G45: for weak convergence coins will do; for strong convergence they will not.

A weak scheme needs no Brownian increments. It is enough that the first moments of what is drawn
agree with theirs. Toss a coin for each step and take dW = +-sqrt(h). Its moments are

    E dW = 0,   E dW^2 = h,   E dW^3 = 0,   E dW^4 = h^2   (a normal has 3 h^2)

Take Euler's scheme for dX = X (mu dt + sigma dW), X' = X (1 + mu h + sigma dW). The p-th moment of
the factor has the moments of dW up to p alone. So with c = 1 + mu h,

    E factor     c
    E factor^2   c^2 + sigma^2 h
    E factor^3   c^3 + 3 c sigma^2 h
    E factor^4   c^4 + 6 c^2 sigma^2 h + k sigma^4 h^2,   k = 1 for coins, 3 for normals

and after n steps the first three moments of X are *equal*, exactly and at every n. The fourth is
not, but the difference vanishes with h. That is weak order 1 for smooth functions.

Path by path it is hopeless. Use the sign of each normal increment as the coin. Then
E dW dW' = h E |Z| = h sqrt(2/pi), and the two schemes stay apart,

    E (X_n - X'_n)^2 = 2 (c^2 + sigma^2 h)^n - 2 (c^2 + sqrt(2/pi) sigma^2 h)^n

which tends to 2 e^(2 mu T) (e^(sigma^2 T) - e^(sqrt(2/pi) sigma^2 T)), not to 0.

The numbers are for mu = 0.1, sigma = 0.8, T = 1 and n = 8, and n = 2 for the fourth moment, where
the difference is large.

Source: P. E. Kloeden and E. Platen, Numerical Solution of Stochastic Differential Equations (1992),
section 14.1; D. Talay, RAIRO Model. Math. Anal. Numer. 20 (1986) 141.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.estimate import Estimate
from stochcalc.models import gbm
from stochcalc.motion.paths import BrownianPaths
from stochcalc.solver.solve import solve
from stochcalc.typing import Array, Axes

MU = 0.1
SIGMA = 0.8
STEPS = 8
FEW = 2  # steps with which the fourth moments are told apart
SHARED = math.sqrt(2.0 / math.pi)  # E |Z|, the correlation of a normal and its sign


def moment(power: int, n: int, fourth: float) -> float:
    """Return E X_n^power on n steps of [0, 1], for noise of fourth moment `fourth` h^2."""
    h = 1.0 / n
    c = 1.0 + MU * h
    moments = (1.0, 0.0, h, 0.0, fourth * h * h)
    factor = sum(
        math.comb(power, j) * c ** (power - j) * SIGMA**j * moments[j] for j in range(power + 1)
    )
    return float(factor**n)


def distance_square(n: int, shared: float = SHARED) -> float:
    """Return E (X_n - X'_n)^2 of normals and coins of this correlation."""
    h = 1.0 / n
    c = 1.0 + MU * h
    return float(2.0 * (c**2 + SIGMA**2 * h) ** n - 2.0 * (c**2 + shared * SIGMA**2 * h) ** n)


def toss(W: BrownianPaths) -> BrownianPaths:
    """Return the walk of coins that has the signs of the increments of a motion."""
    steps = np.sqrt(W.partition.steps)
    return BrownianPaths.from_increments(np.sign(W.increments) * steps, W.t)


def ends(run: Run, n: int, paths: int) -> tuple[Array, Array]:
    """Return X_n by normal increments and by their signs, along the same paths."""
    W = run.brownian(n, paths=paths, store=True)
    found = []
    for noise in (W, toss(W)):
        sol = solve(gbm(MU, SIGMA), 1.0, noise=noise, save="last", workers=run.workers)
        assert sol.x is not None
        found.append(sol.x[:, 0])
    return found[0], found[1]


@claim(
    "G45",
    chapter="schemes",
    title="For weak convergence coins will do; for strong convergence they will not",
    formula=r"\Delta W = \pm \sqrt{h}: \quad E X_n^p \ \text{is that of normal increments for}"
    r" \ p \le 3",
    sources=("kloedenplaten1992", "talay1986"),
)
def coins(run: Run) -> Iterator[Row | str]:
    """Measure moments of Euler's scheme with coins, and how far it is from that with normals."""
    paths = max(256, run.paths // 2)
    normal, coin = ends(run, STEPS, paths)
    _, few = ends(run, FEW, paths)
    for power, n, values, twin, twin_statement in (
        (2, STEPS, coin, (1.0 + MU / STEPS) ** (2 * STEPS), "no variance"),
        (3, STEPS, coin, (1.0 + MU / STEPS) ** (3 * STEPS), "no variance"),
        (4, FEW, few, moment(4, FEW, 3.0), "that of normals: all moments equal"),
    ):
        yield Row(
            statement=f"E X_T^{power}, coins, n = {n}",
            exact=moment(power, n, 1.0),
            measured=Estimate.mean(values**power),
            twin=twin,
            twin_statement=twin_statement,
            paths=paths,
            limit=math.exp(power * MU + 0.5 * power * (power - 1) * SIGMA**2),
        )
    yield Row(
        statement=f"E (X_T - X'_T)^2, normals and their signs, n = {STEPS}",
        exact=distance_square(STEPS),
        measured=Estimate.mean((normal - coin) ** 2),
        twin=0.0,
        twin_statement="strong convergence",
        paths=paths,
        limit=2.0 * math.exp(2.0 * MU) * (math.exp(SIGMA**2) - math.exp(SHARED * SIGMA**2)),
    )


@coins.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw a path by normals and by coins, beside the bias and the distance by n."""
    from stochcalc.plot import panels

    left, right = panels(ax, 2, "Coins give the right means, and the wrong paths")
    draw_two_paths(left, run)
    draw_errors(right, run)
    return ax


def draw_two_paths(ax: Axes, run: Run) -> None:
    """Draw the solution by normal increments and by their signs along one path."""
    from stochcalc.plot import curve

    W = run.brownian(256, paths=1, store=True)
    for i, (noise, name) in enumerate(((W, "normal increments"), (toss(W), "their signs"))):
        sol = solve(gbm(MU, SIGMA), 1.0, noise=noise)
        assert sol.x is not None
        curve(ax, sol.t, sol.x[0], name, i, lw=1.1)
    ax.set(xlabel="time t", ylabel="X$_t$, one path")
    ax.legend(loc="best")


def draw_errors(ax: Axes, run: Run) -> None:
    """Draw the bias of the second moment of coins, and their distance from normals, by n."""
    from stochcalc.plot import curve, points, tell_points_from_lines

    sizes = 2 ** np.arange(1, 8)
    limit = math.exp(2.0 * MU + SIGMA**2)
    distances = []
    for n in sizes:
        normal, coin = ends(run, int(n), 50_000)
        square = Estimate.mean((normal - coin) ** 2)
        root = math.sqrt(float(square.value))
        distances.append(Estimate.normal(root, 0.5 * float(square.stderr) / root))
    points(ax, sizes, distances, "", 0)
    curve(ax, sizes, [distance_square(int(n)) ** 0.5 for n in sizes], "RMS distance of paths", 0)
    curve(ax, sizes, [limit - moment(2, int(n), 1.0) for n in sizes], "bias of E X$^2$", 1)
    tell_points_from_lines(ax)
    ax.set(xscale="log", yscale="log", xlabel="number of steps n", ylabel="error")
    ax.legend(loc="lower left")
