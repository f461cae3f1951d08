"""G27: with a drift that grows faster than x, Euler-Maruyama explodes and two other schemes do not.

The equation is dX = -X^3 dt + dW. Its solution never explodes: it settles in the density
exp(-x^4/2)/Z, for which E X^2 = sqrt(2) Gamma(3/4)/Gamma(1/4) = 0.47799. One step of Euler-Maruyama
applies the map x - h x^3, which carries every |x| > sqrt(2/h) to a larger one; from there |X_k|
grows to infinity like a triple exponential in k. The tamed and the implicit scheme stay near 0. The
laws of all three chains follow by quadrature, with no sampling:

    Euler   P(|X_n| > R) from x is u_n(x), where
            u_(k+1)(x) = P(|Y| > R) + E [u_k(Y) 1(|Y| <= R)],   Y ~ N(x - h x^3, h)
    tamed   X' = x - h x^3/(1 + h |x|^3) + sqrt(h) N
    theta   X' = F(x + sqrt(h) N),   F the inverse of y + h y^3;
            with U = x + sqrt(h) N the chain is U' = F(U) + sqrt(h) N

Each is a Gaussian kernel about a map. Beyond R no path of Euler's scheme returns (with h = 1/2 the
next state is beyond 480). The kernels are smooth, so that the trapezoid rule on a uniform grid
converges faster than any power of the spacing for smooth maps, and like the sixth power for the
tamed one, which contains |x|^3.

Source: Hutzenthaler, Jentzen and Kloeden, Proc. R. Soc. A 467 (2011) 1563, and Ann. Appl. Probab.
22 (2012) 1611; Mattingly, Stuart and Higham, Stoch. Proc. Appl. 101 (2002) 185, section 6.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gamma, ndtr

from stochcalc.claims.claim import Finding, Row, Run, claim
from stochcalc.engine.statistics import record_of_rows
from stochcalc.estimate import Estimate
from stochcalc.models import cubic
from stochcalc.moments import Moments
from stochcalc.solver.solve import solve

MODEL = cubic(1.0)
INVARIANT = math.sqrt(2) * gamma(0.75) / gamma(0.25)
H, N, START = 0.5, 16, 3.0  # tamed and implicit, from beyond sqrt(2/h) = 2
SHORT, R = 6, 10.0  # Euler: few steps, so that the states are still floats

Map = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def euler(x: Any, h: float = H) -> Any:
    """Where Euler-Maruyama goes without noise."""
    return x - h * x**3


def tamed(x: Any, h: float = H) -> Any:
    """Where tamed Euler goes without noise."""
    return x - h * x**3 / (1.0 + h * np.abs(x) ** 3)


def inverse(u: Any, h: float = H) -> Any:
    """y with y + h y^3 = u."""
    return 2.0 / math.sqrt(3.0 * h) * np.sinh(np.arcsinh(1.5 * math.sqrt(3.0 * h) * u) / 3.0)


def kernel(
    arrivals: NDArray[np.float64], centres: NDArray[np.float64], h: float
) -> NDArray[np.float64]:
    """Densities of N(centre, h), one row per arrival."""
    z = (arrivals[:, None] - centres[None, :]) / math.sqrt(h)
    density: NDArray[np.float64] = np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi * h)
    return density


def law(
    step: Map, centre: float, n: int, h: float = H, resolution: int = 16
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(points, masses) of the chain U' = step(U) + sqrt(h) N after n steps, the first of them about
    `centre`.
    """
    spacing = math.sqrt(h) / resolution
    half = math.ceil((abs(centre) + 10.0 * math.sqrt(h)) / spacing)
    grid: NDArray[np.float64] = spacing * np.arange(-half, half + 1, dtype=float)
    masses, move = (
        spacing * kernel(grid, np.array([centre]), h)[:, 0],
        spacing * kernel(grid, step(grid), h),
    )
    for _ in range(n - 1):
        masses = move @ masses
    return grid, masses


def exact_moment(method: str, n: int = N) -> float:
    """E X_n^2 of the tamed or the implicit chain from START."""
    if method == "tamed_euler":
        grid, masses = law(tamed, float(tamed(START)), n)
        return float(masses @ grid**2)
    grid, masses = law(inverse, START, n)
    return float(masses @ inverse(grid) ** 2)


def escape(x: float, n: int = SHORT, h: float = H, nodes: int = 800) -> float:
    """P(|X_n| > R) of Euler-Maruyama from x, Gauss-Legendre on [-R, R]."""
    points, weights = np.polynomial.legendre.leggauss(nodes)
    points, weights, root = R * points, R * weights, math.sqrt(h)

    def out(at: Any) -> Any:
        return ndtr((-R - euler(at, h)) / root) + ndtr((euler(at, h) - R) / root)

    still, start = kernel(points, euler(points, h), h), np.array([x])
    u = out(points)
    for _ in range(n - 2):
        u = out(points) + (weights * u) @ still
    return float(out(x) + (weights * u) @ kernel(points, euler(start, h), h)[:, 0])


def last(run: Run, method: str, x0: float, n: int, paths: int, h: float = H) -> NDArray[np.float64]:
    """X_n, one row per path."""
    x = solve(
        MODEL,
        x0,
        n * h,
        n=n,
        paths=paths,
        method=method,
        save="last",
        key=run.key,
        workers=run.workers,
    ).x
    assert x is not None
    return x


@claim(
    "G27",
    chapter="schemes",
    title=(
        "dX = -X^3 dt + dW: Euler-Maruyama explodes beyond sqrt(2/h), tamed and "
        "implicit Euler do not"
    ),
)
def superlinear(run: Run) -> Finding:
    """Probabilities of escape of Euler-Maruyama, second moments of the other two."""
    rows = []
    for x0 in (math.sqrt(2 / H), 1.2 * math.sqrt(2 / H)):
        gone = float((np.abs(last(run, "euler_maruyama", x0, SHORT, run.paths)) > R).mean())
        spread = math.sqrt(max(gone * (1 - gone), 1 / run.paths) / run.paths)
        twin, wrong = (
            (1.0, "every path from the bound")
            if x0 == math.sqrt(2 / H)
            else (escape(math.sqrt(2 / H)), "no more often than from the bound")
        )
        rows.append(
            Row(
                statement=f"P(|X_n| > {R:g}) by Euler-Maruyama from {x0:g}, h = {H:g}, n = {SHORT}",
                exact=escape(x0),
                measured=Estimate.normal(gone, spread),
                twin=twin,
                twin_statement=wrong,
                paths=run.paths,
            )
        )
    for method in ("tamed_euler", "theta"):
        measured = Moments(record_of_rows(last(run, method, START, N, run.paths))).mean_square()
        rows.append(
            Row(
                statement=f"E X_n^2 by {method} from {START:g}, h = {H:g}, n = {N}",
                exact=exact_moment(method),
                measured=measured,
                twin=INVARIANT,
                twin_statement="sqrt(2) Gamma(3/4)/Gamma(1/4), as the solution",
                paths=run.paths,
            )
        )

    def draw(ax: Any) -> Any:
        from stochcalc.plot import COLOURS, curve, histogram, panels

        left, right = panels(
            ax, 2, "dX = −X³ dt + dW: Euler-Maruyama explodes, taming and implicit steps do not"
        )
        x0, t = math.sqrt(2 / H), H * np.arange(SHORT + 1)
        x = solve(MODEL, x0, SHORT * H, n=SHORT, paths=24, key=run.key).x
        assert x is not None
        away = np.abs(x[:, -1]) > R
        for wild, colour, style in ((True, COLOURS[1], "-"), (False, COLOURS[0], "--")):
            left.plot(t, x[away == wild].T, color=colour, ls=style, lw=0.9, alpha=0.8)
            left.plot([], [], color=colour, ls=style, label="explodes" if wild else "returns")
        left.axhspan(-x0, x0, color="0.5", alpha=0.12, lw=0, label="|x| < √(2/h)")
        left.set_yscale("symlog", linthresh=4.0)
        left.set(
            xlabel="t",
            ylabel="$X_t$ by Euler-Maruyama",
            ylim=(-1e9, 1e9),
            title=f"24 paths from √(2/h) = {x0:g}, h = {H:g}",
        )
        left.legend(loc="upper left")
        bins = np.linspace(-3.0, 3.0, 61)
        for i, (method, label) in enumerate((("tamed_euler", "tamed"), ("theta", "implicit"))):
            histogram(
                right,
                last(run, method, START, N, 50_000)[:, 0],
                bins,
                f"{label}, h = {H:g}",
                (4, 5)[i],
            )
        grid, masses = law(tamed, float(tamed(START)), N)
        curve(right, grid, masses / (grid[1] - grid[0]), "tamed, exact by quadrature", 1)
        grid, masses = law(inverse, START, N)
        y = inverse(grid)
        curve(right, y, masses / (grid[1] - grid[0]) * (1 + 3 * H * y * y), "implicit, exact", 3)
        x = np.linspace(-3.0, 3.0, 301)
        assert MODEL.invariant is not None
        curve(right, x, MODEL.invariant(x), "invariant density exp(−x⁴/2)/Z", 0)
        right.set(
            xlabel="x",
            ylabel="density",
            xlim=(-3.0, 3.0),
            ylim=(0, 0.95),
            title=f"after {N} steps from {START:g}",
        )
        right.legend(loc="upper left", fontsize=8)
        return ax

    return Finding(tuple(rows), draw)
