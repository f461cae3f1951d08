"""Higham's ten programs, the classroom's first hour on this subject, in at most six lines each, on
one page.

bpath1, bpath2, bpath3, stint, em, emstrong, emweak, milstrong, stab and chain, with his equations
and parameters. Where he has the mean of |X_n - X_T| on a thousand paths, here is the root mean
square on a hundred thousand; where he estimates, the exact value stands beside. Every program
asserts a number.

Source: Higham, An algorithmic introduction to numerical simulation of stochastic differential
equations, SIAM Review 43 (2001) 525."""

import math
import sys

import numpy as np

import stochcalc as sc
from stochcalc.plot import COLOURS, curve, plot_convergence, plot_paths, points, save


def average(sample):
    """The mean of independent numbers, with its standard error."""
    return sc.Estimate.normal(sample.mean(), sample.std(ddof=1) / math.sqrt(len(sample)))


def bpath1(ax):
    """A path ends anywhere; its squared increments sum to T."""
    W = sc.brownian(1.0, 500, paths=1, key=1)
    plot_paths(W.t, W.values, ax=ax)
    assert abs(sc.quadratic_variation(W).value[0] - 1.0) < 6 * math.sqrt(2 / 500)


def bpath2(ax):
    """A thousand paths at once: Var W$_t$ = t."""
    W = sc.brownian(1.0, 500, paths=1000, key=2)
    plot_paths(W.t, W.values[:20], ax=ax)
    curve(ax, W.t, 2 * np.sqrt(W.t), "2 √t", 1)
    variance = W.values[:, -1].var()
    assert abs(variance - 1.0) < 6 * math.sqrt(2 / 1000)


def bpath3(ax):
    """A function along paths: E exp(t + W$_t$/2) = exp(9t/8)."""
    W = sc.brownian(1.0, 500, paths=1000, key=3)
    u = np.exp(W.t + W.values / 2)
    plot_paths(W.t, u[:5], ax=ax)
    points(ax, W.t[50::50], [average(u[:, k]) for k in range(50, 501, 50)], "mean of 1000", 1)
    curve(ax, W.t, np.exp(9 * W.t / 8), "exp(9t/8)", 1)
    assert abs(average(u[:, -1]).z(math.exp(9 / 8))) < 6


def stint(ax):
    """Two integrals of W dW: they differ by T/2."""
    W = sc.brownian(1.0, 500, paths=300, key=4)
    ito, stratonovich, half = (
        sc.ito(lambda t, w: w, W),
        sc.stratonovich(lambda t, w: w, W),
        W.values[:, -1] ** 2 / 2,
    )
    for i, (value, limit, name) in enumerate(
        ((ito, half - 0.5, "Ito"), (stratonovich, half, "Stratonovich"))
    ):
        ax.plot(half, value, "os"[i], color=COLOURS[i], ms=3, label=name)
        curve(ax, half, limit, f"W²/2{' − T/2' * (i == 0)}", i)
    assert np.allclose(stratonovich, half) and abs(average(ito).z(0.0)) < 6


def em(ax):
    """Euler-Maruyama on dX = 2X dt + X dW, along one path."""
    fine = sc.brownian(1.0, 256, paths=1, key=5)
    exact, steps = sc.models.gbm(2.0, 1.0).exact(fine)[0], fine.coarsen(4)
    X = sc.solve(sc.models.gbm(2.0, 1.0), 1.0, noise=steps).x[0]
    ax.plot(fine.t, exact, color=COLOURS[0], lw=1, label="exact")
    ax.plot(steps.t, X, "o--", color=COLOURS[1], ms=3, lw=1, label="h = 1/64")
    assert abs(X[-1] / exact[-1] - 1) < 6 * 1.5 * math.sqrt(1 / 64)


def emstrong(ax):
    """The strong error of Euler-Maruyama: slope to 1/2."""
    study = sc.strong_convergence(
        sc.models.gbm(2.0, 1.0), 1.0, 1.0, levels=range(5, 10), paths=100_000, key=6
    )
    plot_convergence(study, ax=ax)
    assert abs(study.order["euler_maruyama"].z(study.exact_order["euler_maruyama"])) < 6


def emweak(ax):
    """The weak error of Euler-Maruyama: slope to 1."""
    study = sc.weak_convergence(
        sc.models.gbm(2.0, 0.1),
        1.0,
        1.0,
        test=lambda x: x,
        levels=range(5, 10),
        paths=50_000,
        key=7,
    )
    plot_convergence(study, ax=ax)
    assert abs(study.order["euler_maruyama"].z(study.exact_order["euler_maruyama"])) < 6


def milstrong(ax):
    """Milstein on dX = 2X(1 − X) dt + X/4 dW: slope 1."""
    population = sc.SDE(
        lambda t, x: 2.0 * x * (1.0 - x), lambda t, x: 0.25 * x, diffusion_dx=lambda t, x: 0.25
    )
    study = sc.strong_convergence(
        population, 0.5, 1.0, methods=("milstein",), levels=range(4, 8), key=8, reference="sriw1"
    )
    plot_convergence(study, ax=ax)
    curve(ax, study.dt, study.error["milstein"][-1] * study.dt / study.dt[-1], "slope 1", 0)
    assert abs(study.order["milstein"].value - 1.0) < 0.05


def stab(ax):
    """dX = −3X dt + √3 X dW decays, Euler only at small steps."""
    for i, (h, ratio) in enumerate((h, (1 - 3 * h) ** 2 + 3 * h) for h in (1.0, 0.5, 0.25)):
        X = sc.solve(
            sc.models.gbm(-3.0, math.sqrt(3.0)),
            1.0,
            2.0,
            n=round(2 / h),
            paths=400_000,
            save="stats",
            key=9,
        )
        squares = [X.moments[k].mean_square() for k in range(len(X.t))]
        points(ax, X.t, squares, f"h = {h:g}", i)
        curve(ax, X.t, ratio ** np.arange(len(X.t)), f"{ratio:g}$^n$", i)
        assert abs(squares[2].z(ratio**2)) < 6


def chain(ax):
    """√X of dX = (2 − X) dt + √X dW solves its own equation V."""
    W, V = (
        sc.brownian(1.0, 4096, paths=1, key=10),
        sc.SDE(lambda t, v: 7.0 / (8.0 * v) - v / 2.0, lambda t, v: 0.5),
    )
    root, own = (
        np.sqrt(sc.solve(sc.models.cir(1.0, 2.0, 1.0), 1.0, noise=W).x[0]),
        sc.solve(V, 1.0, noise=W).x[0],
    )
    ax.plot(W.t, root, color=COLOURS[0], lw=1, label="√X")
    ax.plot(W.t[::128], own[::128], "o", color=COLOURS[1], ms=3, label="V")
    assert np.abs(root - own).max() < 0.02


STEP, TIME = "step size dt", "time t"
PROGRAMS = {
    bpath1: (TIME, "$W_t$"),
    bpath2: (TIME, "$W_t$"),
    bpath3: (TIME, "exp(t + $W_t$/2)"),
    stint: ("$W_T^2/2$", "∫ W dW"),
    em: (TIME, "$X_t$"),
    emstrong: (STEP, "RMS error"),
    emweak: (STEP, "bias of E $X_T$"),
    milstrong: (STEP, "RMS error"),
    stab: (TIME, "E $X_t^2$"),
    chain: (TIME, "√$X_t$"),
}


def draw(ax):
    """Draw the ten programs on one tall page, in place of `ax`."""
    figure = ax.figure
    ax.remove()
    figure.set_size_inches(12, 18)
    figure.suptitle("Higham's ten programs", fontsize=16)
    for panel, (program, (x, y)) in zip(figure.subplots(5, 2).flat, PROGRAMS.items()):
        program(panel)
        panel.set_title(f"{program.__name__}: {program.__doc__}".rstrip("."), fontsize=11)
        panel.set(
            xlabel=x,
            ylabel=y,
            yscale="log" if program in (emstrong, emweak, milstrong, stab) else "linear",
        )
        if panel.get_legend_handles_labels()[0]:
            panel.legend()


save(draw, sys.argv[1] if len(sys.argv) > 1 else "higham.png")
