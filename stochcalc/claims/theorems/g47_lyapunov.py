"""G47: noise can stabilise what grows without it, and how fast is known.

A system in the plane grows along its first axis and decays along its second, and noise turns it:

    dX = diag(a, b) X dt + sigma J X o dW,   J = ((0, -1), (1, 0)),   a > b,

read as Stratonovich does. Write X = r (cos phi, sin phi). The ordinary chain rule holds. The noise
is orthogonal to X, so that it turns the angle and leaves the length to the drift:

    d ln r = (a cos^2 phi + b sin^2 phi) dt = ((a + b)/2 + (a - b)/2 cos 2 phi) dt
    d phi  = -(a - b)/2 sin 2 phi dt + sigma dW

The angle is a diffusion of its own, with a constant noise. Its stationary density p solves
(sigma^2/2) p' = -(a - b)/2 sin 2 phi p, and so it is von Mises' density of 2 phi,

    p(phi) is proportional to exp(z cos 2 phi),   z = (a - b)/(2 sigma^2)

The integral of exp(z cos x) over a period is 2 pi I0(z), and that of cos x exp(z cos x) is its
derivative 2 pi I1(z), with Bessel's functions. So E cos 2 phi = I1(z)/I0(z), and by the ergodic
theorem almost every path has the growth rate, or top Lyapunov exponent,

    lim (ln |X_t|)/t = (a + b)/2 + (a - b)/2 I1(z)/I0(z)

Without noise it is a; as sigma grows it falls to the mean (a + b)/2. If a > 0 and a + b < 0, weak
noise leaves the system unstable, and strong noise stabilises it. With a = 1/2 and b = -3/2 the
exponent is -1/2 + I1(z)/I0(z) with z = 1/sigma^2. It changes its sign at sigma = 0.928749, and is

    sigma = 1/2    +0.363523
    sigma = 3/2    -0.283090

Read in Ito's sense the same line means another equation. Its Stratonovich form has the drift
diag(a, b) X + (sigma^2/2) X, because J J = -I. All solutions are multiplied by exp(sigma^2 t/2),
and the exponent is larger by sigma^2/2. It is then at least 0.427152, whatever sigma is: nothing is
stabilised.

A scheme multiplies X by a random matrix in every step. With M = diag(a, b) h + sigma J dW it is

    Heun                 G = I + M + M^2/2
    Euler, corrected     G = I + M - (sigma^2 h/2) I

where Euler's scheme is for the equation in Ito's form. (For the reading in Ito's sense both have
(sigma^2 h/2) I more, Heun in M and Euler in G.) Let u be the unit vector at the angle phi. The
angle of G u is a function of phi and dW alone, so that the angles are a Markov chain on [0, pi),
and each step adds ln |G u| to ln |X|. Put g(phi) = E ln |G u|, and let P f(phi) be the mean of f at
the angle of G u. Then

    E ln(|X_n|/|X_m|) = P^m (I + P + ... + P^(n - m - 1)) g

at the angle of the start. On functions of period pi, P is a matrix between their values at N equal
angles, by trigonometric interpolation and the trapezoid rule in dW. Both converge faster than any
power: with N = 48 angles the twelfth digit no longer changes. The growth is measured from T/2 to T,
when the angle has forgotten where it was.

The scheme's exponent is not that of the equation. At sigma = 3/2 Heun's is positive from h = 0.2574
on: a step that is too long undoes what the noise does.

Source: R. Z. Khasminskii, Theory Probab. Appl. 12 (1967) 144, for the angle; L. Arnold, H. Crauel
and V. Wihstutz, SIAM J. Control Optim. 21 (1983) 451, for stabilisation by noise; D. Talay, SIAM J.
Numer. Anal. 28 (1991) 1141, for exponents of schemes.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from stochcalc.claims.angle_chains import DECAY, GROWTH, Case, T, cosine, growth
from stochcalc.claims.claim import Row, Run, claim
from stochcalc.engine.compiler.interrupts import hold_interrupts_back
from stochcalc.estimate import Estimate
from stochcalc.sde import SDE
from stochcalc.solver.solve import solve
from stochcalc.typing import Array, Axes

Point = tuple[float, float]


def stretch(t: float, x: Point, a: float, b: float, sigma: float) -> Point:
    """Return diag(a, b) x."""
    return a * x[0], b * x[1]


def turn(t: float, x: Point, a: float, b: float, sigma: float) -> Point:
    """Return sigma J x."""
    return -sigma * x[1], sigma * x[0]


def slopes(t: float, x: Point, a: float, b: float, sigma: float) -> tuple[Point, Point]:
    """Return the matrix sigma J."""
    return (0.0, -sigma), (sigma, 0.0)


def equation(sigma: float, lam: float) -> SDE:
    """Return the equation, read with lambda."""
    args = (GROWTH, DECAY, sigma)
    return SDE(stretch, turn, noise="scalar", lam=lam, diffusion_dx=slopes, args=args)


def concentration(sigma: float) -> float:
    """Return z = (a - b)/(2 sigma^2) of the law of the angle."""
    return (GROWTH - DECAY) / (2.0 * sigma**2)


def mean_cosine(sigma: float) -> float:
    """Return E cos 2 phi = I1(z)/I0(z) of the stationary law."""
    with hold_interrupts_back():
        from scipy.special import i0e, i1e

    z = concentration(sigma)
    return float(i1e(z) / i0e(z))


def exponent(sigma: float) -> float:
    """Return the top Lyapunov exponent of the equation, read as Stratonovich does.

    Examples
    --------
    >>> round(exponent(0.5), 6), round(exponent(1.5), 6)
    (0.363523, -0.28309)
    """
    return (GROWTH + DECAY) / 2.0 + (GROWTH - DECAY) / 2.0 * mean_cosine(sigma)


def solve_case(run: Run, case: Case, paths: int) -> Array:
    """Return X at T/2 and T from (1, 0), shape (paths, 2, 2)."""
    sol = solve(
        equation(case.sigma, case.lam),
        (1.0, 0.0),
        noise=run.brownian(case.steps, T, paths=paths),
        method=case.method,
        save=[T / 2.0, T],
        **run.options,
    )
    assert sol.x is not None
    return sol.x


def measure_growth(x: Array) -> Estimate:
    """Return the mean of ln(|X_T|/|X_S|)/(T - S) of paths at S = T/2 and T."""
    logs = np.log(np.hypot(x[:, :, 0], x[:, :, 1]))
    return Estimate.mean((logs[:, 1] - logs[:, 0]) / (T / 2.0))


def measure_cosine(x: Array) -> Estimate:
    """Return the mean of cos 2 phi_T = (x_1^2 - x_2^2)/|x|^2."""
    first = x[:, 1, 0] ** 2
    second = x[:, 1, 1] ** 2
    return Estimate.mean((first - second) / (first + second))


CASES = (
    Case(sigma=0.5),
    Case(sigma=1.5),
    Case(sigma=1.5, method="euler_maruyama"),
)


@claim(
    "G47",
    chapter="langevin",
    title="Noise that turns a system can stabilise it: its Lyapunov exponent",
    formula=r"\mathrm{d}X = \mathrm{diag}(a, b) X \, \mathrm{d}t + \sigma J X \circ \mathrm{d}W:"
    r" \quad \frac{\ln |X_t|}{t} \longrightarrow \frac{a + b}{2} + \frac{a - b}{2} \,"
    r" \frac{I_1(z)}{I_0(z)}, \quad z = \frac{a - b}{2 \sigma^2}",
    sources=("khasminskii1967", "arnoldcrauelwihstutz1983", "talay1991"),
)
def lyapunov(run: Run) -> Iterator[Row | str]:
    """Measure the growth along paths with weak and with strong noise, and the angle."""
    paths = max(256, run.paths // 8)
    for case in CASES:
        x = solve_case(run, case, paths)
        ito = Case(sigma=case.sigma, method=case.method, lam=0.0)
        yield Row(
            statement=f"growth of ln |X|, sigma = {case.sigma:g}, {case.method}, h = 1/32",
            exact=growth(case),
            measured=measure_growth(x),
            twin=growth(ito),
            twin_statement="the equation read in Ito's sense",
            paths=paths,
            limit=exponent(case.sigma),
        )
    yield Row(
        statement=f"E cos 2 phi_T, sigma = {case.sigma:g}, {case.method}, h = 1/32",
        exact=cosine(case),
        measured=measure_cosine(x),
        twin=0.0,
        twin_statement="the noise turns X evenly into all directions",
        paths=paths,
        limit=mean_cosine(case.sigma),
    )
    long = Case(sigma=1.5, steps=16)
    yield (
        f"At sigma = 1.5 Heun's scheme with h = 1/2 grows at the rate {growth(long):+.3f}: a step "
        f"that is too long undoes what the noise does."
    )


@lyapunov.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw the law of the angle at two strengths of the noise, beside the exponent."""
    from stochcalc.plot import panels

    left, right = panels(ax, 2, "Noise turns X out of the direction that grows, and stabilises it")
    draw_angles(left, run)
    draw_exponents(right, run)
    return ax


def draw_angles(ax: Axes, run: Run) -> None:
    """Draw histograms of the angle, folded to half a turn, on von Mises' densities."""
    from stochcalc.plot import curve, histogram

    with hold_interrupts_back():
        from scipy.special import i0

    phi = np.linspace(-np.pi / 2, np.pi / 2, 181)
    edges = np.linspace(-np.pi / 2, np.pi / 2, 46)
    for i, sigma in enumerate((0.5, 1.5)):
        x = solve_case(run, Case(sigma=sigma), 40_000)[:, 1]
        histogram(ax, np.arctan(x[:, 1] / x[:, 0]), edges, "", i, alpha=0.3)
        z = concentration(sigma)
        density = np.exp(z * np.cos(2.0 * phi)) / (np.pi * i0(z))
        curve(ax, phi, density, f"σ = {sigma:g}", i)
    ax.set(
        xlabel="angle φ: 0 grows, ±π/2 decays",
        ylabel="density",
        xticks=(-np.pi / 2, 0.0, np.pi / 2),
        xticklabels=("−π/2", "0", "π/2"),
    )
    ax.legend(loc="upper left", title="bars: 40,000 paths\nlines: equation")


def draw_exponents(ax: Axes, run: Run) -> None:
    """Draw measured exponents against sigma on Heun's line, and where the sign changes."""
    from stochcalc.plot import curve, points
    from stochcalc.plot.look import ink

    with hold_interrupts_back():
        from scipy.optimize import brentq

    strengths = np.array([0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75])
    measured = [
        measure_growth(solve_case(run, Case(sigma=float(sigma)), 8000)) for sigma in strengths
    ]
    grid = np.linspace(0.15, 1.8, 34)
    heun = [growth(Case(sigma=float(sigma))) for sigma in grid]
    solution = np.array([exponent(float(sigma)) for sigma in grid])
    points(ax, strengths, measured, "Heun, h = 1/32, measured")
    curve(ax, grid, heun, "Heun, h = 1/32, exact", 0)
    curve(ax, grid, solution, "the equation", 1)
    curve(ax, grid, solution + grid**2 / 2, "read in Ito's sense", 2)
    turning = brentq(exponent, 0.8, 1.1)
    colour = ink(ax)
    ax.axhline(0.0, color=colour, lw=0.8)
    ax.plot([turning], [0.0], marker="o", mfc="none", mec=colour, ms=9, ls="")
    ax.annotate(
        f"stable from\nσ = {turning:.3f} on",
        (turning, 0.0),
        xytext=(0.35, -0.3),
        color=colour,
        arrowprops={"arrowstyle": "-", "color": colour, "shrinkB": 5},
    )
    ax.set(xlabel="σ, for a = 1/2 and b = −3/2", ylabel="growth rate of |X|", ylim=(-0.55, 1.9))
    ax.legend(loc="upper left")
