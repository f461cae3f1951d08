"""G19: equations driven by smooth noise tend to Stratonovich's solution (Wong and Zakai).

Let W^n be the polygon that joins W at n + 1 equally spaced times of [0, 1], and dX = sigma X dW^n
an ordinary equation. Along a straight piece it is solved by an exponential, so that X = exp(sigma
W) at the corners. That is the solution of Stratonovich's equation, of mean exp(sigma^2/2); Ito's
solution exp(sigma W_t - sigma^2 t/2) has the mean 1.

A solver that takes m Euler steps in each piece sees the rise dW of that piece as m rises dW/m, and
multiplies X by (1 + sigma dW/m)^m. The pieces are independent, and with c = sigma/(m sqrt(n))

    E X_T = (E (1 + c Z)^m)^n,    E (1 + c Z)^m = sum_j C(m, 2j) c^(2j) (2j - 1)!!

for a standard normal Z, because its odd moments vanish. With m = 1 this is Euler-Maruyama of Ito's
equation, and the mean is 1. As m grows it tends to exp(sigma^2/2) at every n. So the two limits, of
finer steps and of rougher noise, do not commute.

Means do not tell which path is approached. With s = sigma^2/n, c^2 = s/m^2, and in one piece

    A = E (1 + c Z)^(2m),   B = E (1 + c Z)^m e^(mcZ) = e^(s/2) E (1 + s/m + c Z)^m

because a factor e^(aZ) in a mean shifts Z by a and costs e^(a^2/2). So

    E |X_T - exp(sigma W_T)|^2 = A^n + exp(2 sigma^2) - 2 B^n

and the distance from Ito's solution exp(sigma W_T - sigma^2/2) on the same path has exp(sigma^2) in
the place of exp(2 sigma^2), and exp(-sigma^2/2) B^n in the place of B^n. With n = 16 and m = 8 they
are 0.0436 and 0.7630: the steps inside the pieces lead to Stratonovich's solution, path by path.

On the rough W itself, Heun's scheme follows Stratonovich's calculus and approaches exp(sigma W_T);
Euler-Maruyama does not. Let y = sigma dW be normal with variance s = sigma^2/n. One step multiplies
X by

    Euler-Maruyama   1 + y            E (..)^2 = 1 + s
    Heun             1 + y + y^2/2    E (..)^2 = 1 + 2 s + 3 s^2/4

and E [f(y) e^y] = e^(s/2) E f(y + s) gives the products with the exact factor e^y:

    Euler-Maruyama   e^(s/2) (1 + s)
    Heun             e^(s/2) (1 + 3 s/2 + s^2/2)

With A and B these two expectations of a scheme, E |X_n - exp(sigma W_T)|^2 is
A^n + exp(2 sigma^2) - 2 B^n.

Source: Wong and Zakai, Ann. Math. Statist. 36 (1965) 1560; Kloeden and Platen, Numerical Solution
of Stochastic Differential Equations (1992), section 6.1.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.laboratory.scheme_errors import strong_convergence
from stochcalc.models import gbm
from stochcalc.typing import Array, Axes

SIGMA = 1.0
PIECES = 16  # straight pieces of the noise
MANY = 8  # Euler steps in each of them
ITO = 1.0  # the mean of Ito's solution
STRATONOVICH = math.exp(SIGMA**2 / 2)  # and of Stratonovich's
LEVELS = (4, 6)  # 16 and 64 steps of Heun's scheme


def power_mean(centre: float, c: float, k: int) -> float:
    """Return E (centre + c Z)^k for a standard normal Z."""
    total = 0.0
    for j in range(k // 2 + 1):
        normal_moment = math.prod(range(1, 2 * j, 2))  # E Z^(2j) = (2j - 1)!!
        total += math.comb(k, 2 * j) * centre ** (k - 2 * j) * c ** (2 * j) * normal_moment
    return total


def mean_along_polygon(m: int) -> float:
    """Return E X_T with m Euler steps in each of the pieces."""
    return power_mean(1.0, SIGMA / (m * math.sqrt(PIECES)), m) ** PIECES


def distances_along_polygon(m: int) -> tuple[float, float]:
    """Return the mean squared distances from Stratonovich's and from Ito's solution.

    X has m Euler steps in each of the pieces.

    Examples
    --------
    >>> stratonovich, ito = distances_along_polygon(8)
    >>> round(stratonovich, 7), round(ito, 7)
    (0.0435743, 0.7630216)
    """
    s = SIGMA**2 / PIECES
    c = math.sqrt(s) / m
    square = power_mean(1.0, c, 2 * m) ** PIECES
    product = (math.exp(s / 2) * power_mean(1.0 + s / m, c, m)) ** PIECES
    stratonovich = square + math.exp(2 * SIGMA**2) - 2 * product
    ito = square + math.exp(SIGMA**2) - 2 * math.exp(-(SIGMA**2) / 2) * product
    return stratonovich, ito


def distance_of_euler(n: int) -> float:
    """Return E |X_n - exp(sigma W_T)|^2 of Euler-Maruyama on n steps of W itself."""
    s = SIGMA**2 / n
    square = 1 + s
    product = math.exp(s / 2) * (1 + s)
    return square**n + math.exp(2 * SIGMA**2) - 2 * product**n


def distance_of_heun(n: int) -> float:
    """Return E |X_n - exp(sigma W_T)|^2 of Heun's scheme on n steps of W itself."""
    s = SIGMA**2 / n
    square = 1 + 2 * s + 0.75 * s * s
    product = math.exp(s / 2) * (1 + 1.5 * s + 0.5 * s * s)
    return square**n + math.exp(2 * SIGMA**2) - 2 * product**n


def solve_along_polygon(corners: Array, m: int) -> Array:
    """Solve dX = sigma X dW^n by m Euler steps in each straight piece; return X_T of each path.

    The polygon W^n is given by its values at the corners, shape (paths, pieces + 1).
    """
    x = np.ones(len(corners))
    for rise in np.diff(corners, axis=1).T:
        for _ in range(m):
            x = x + SIGMA * x * (rise / m)
    return x


def solutions(w: Array) -> tuple[Array, Array, Array]:
    """Return X_T by one Euler step in each piece and by many, and (X_T - exp(sigma W_T))^2.

    The paths w have their values at the corners.
    """
    one_step = solve_along_polygon(w, 1)
    many_steps = solve_along_polygon(w, MANY)
    return one_step, many_steps, (many_steps - np.exp(SIGMA * w[:, -1])) ** 2


@claim(
    "G19",
    chapter="lambda",
    title="Smooth noise gives Stratonovich's solution (Wong and Zakai)",
    formula=r"\mathrm{d}X^n = b(X^n) \, \mathrm{d}W^n \quad \Longrightarrow \quad"
    r" X^n \longrightarrow X, \quad \mathrm{d}X = b(X) \circ \mathrm{d}W",
    sources=("wongzakai1965", "kloedenplaten1992"),
)
def smooth_noise(run: Run) -> Iterator[Row | str]:
    """Measure means and a distance along polygons, and those of Heun's scheme on W itself."""
    paths = max(2048, run.paths // 2)
    W = run.brownian(PIECES, paths=paths)
    X = run.expectation(solutions, W)
    yield Row(
        statement=f"E X_T, 1 Euler step in each of {PIECES} pieces",
        exact=mean_along_polygon(1),
        measured=X[0].estimate(),
        twin=STRATONOVICH,
        twin_statement="e^(sigma^2 T/2)",
        paths=paths,
        limit=ITO,
    )
    yield Row(
        statement=f"E X_T, {MANY} Euler steps in each piece",
        exact=mean_along_polygon(MANY),
        measured=X[1].estimate(),
        twin=ITO,
        twin_statement="1 for smooth noise too",
        paths=paths,
        limit=STRATONOVICH,
    )
    stratonovich, ito = distances_along_polygon(MANY)
    yield Row(
        statement=f"E |X_T - exp(sigma W_T)|^2, {MANY} Euler steps in each piece",
        exact=stratonovich,
        measured=X[2].estimate(),
        twin=ito,
        twin_statement="the distance from Ito's solution",
        paths=paths,
        limit=0.0,
    )
    yield from distances(run, paths)


def distances(run: Run, paths: int) -> Iterator[Row]:
    """Measure how far Heun's scheme on W itself is from exp(sigma W_T)."""
    equation = gbm(0.0, SIGMA, lam=0.5)  # dX = sigma X dW, read by Stratonovich
    study = strong_convergence(
        equation, 1.0, 1.0, methods="heun", levels=LEVELS, paths=paths, key=run.key, **run.options
    )
    for i, level in enumerate(LEVELS):
        n = 2**level
        yield Row(
            statement=f"E |X_n - exp(sigma W_T)|^2 by heun on W itself, n = {n}",
            exact=distance_of_heun(n),
            measured=study.mean_squares("heun")[i],
            twin=distance_of_euler(n),
            twin_statement="Euler-Maruyama's",
            paths=paths,
            limit=0.0,
        )


@smooth_noise.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw the Euler steps along one polygon, beside the mean of the solution against m."""
    from stochcalc.plot import panels

    left, right = panels(
        ax, 2, "Resolve the noise and Stratonovich appears; one step per piece is Ito"
    )
    draw_pieces(left, run)
    draw_means(right, run)
    for panel in (left, right):
        panel.legend()
    return ax


def draw_pieces(ax: Axes, run: Run) -> None:
    """Draw the first straight pieces of one polygon: its solution, and Euler's steps along it."""
    from stochcalc.plot import MARKERS, curve

    pieces = 5
    W = run.brownian(PIECES, paths=1, store=True)
    t = W.t[: pieces + 1]
    w = W.values[0, : pieces + 1]
    fine = np.linspace(0.0, t[-1], 40 * pieces + 1)
    solution = np.exp(SIGMA * np.interp(fine, t, w))
    curve(ax, fine, solution, "exact: exp(σW$^n$)", 1, lw=2.2)
    curve(ax, t, np.exp(SIGMA * w - SIGMA**2 * t / 2), "Ito: exp(σW − σ$^2$t/2)", 3)
    for i, m in ((0, 1), (2, MANY)):
        times = np.linspace(0.0, t[-1], m * pieces + 1)
        rises = np.diff(np.interp(times, t, w))
        x = np.concatenate([[1.0], np.cumprod(1.0 + SIGMA * rises)])
        ax.plot(
            times,
            x,
            color=f"C{i}",
            marker=MARKERS[i],
            ms=8 if m == 1 else 3.5,
            lw=1.2,
            label=f"Euler, m = {m}",
        )
    ax.set(xlabel="time t", ylabel="X", xticks=t, title=f"one path, {pieces} pieces of {PIECES}")
    ax.set_xticklabels([f"{k}/{PIECES}" for k in range(pieces + 1)])


def draw_means(ax: Axes, run: Run) -> None:
    """Draw the mean of the solution against the Euler steps in each piece."""
    from stochcalc.plot import curve, limit_line, points, tick_steps

    steps = (1, 2, 4, 8, 16, 32)
    W = run.brownian(PIECES, paths=50_000)
    X = run.expectation(lambda w: tuple(solve_along_polygon(w, m) for m in steps), W)
    means = [X[i].estimate() for i in range(len(steps))]
    points(ax, steps, means, "mean of X$_T$, measured", 0)
    every = range(1, steps[-1] + 1)
    exact = [mean_along_polygon(m) for m in every]
    curve(ax, every, exact, "(E (1 + σΔW/m)$^m$)$^{16}$, exact", 0)
    curve(ax, steps, np.full(len(steps), STRATONOVICH), "Stratonovich: exp(σ$^2$T/2)", 1)
    limit_line(ax, ITO, "Ito: 1")
    ax.set(
        xscale="log",
        xlabel=f"Euler steps m in each of {PIECES} straight pieces",
        ylabel="E X$_T$",
        title="the mean of many paths",
    )
    tick_steps(ax.xaxis, steps)
