"""G51: MALA on N(0, I) accepts as often as |T| exceeds sqrt(d) h^(3/2)/8, with Student's T_d.

The target is the standard normal law in d dimensions, with the score -x. MALA proposes what the
unadjusted algorithm (ULA) would do, y = r x + sqrt(h) z with r = 1 - h/2, and accepts y with
probability min(1, e^R). Products of vectors are inner products here. Since

    R = -(|y|^2 - |x|^2)/2 + (|y - r x|^2 - |x - r y|^2)/(2h),   1 - r^2 = h - h^2/4

the squares of y - r x and x - r y differ by (1 - r^2)(|y|^2 - |x|^2), and

    R = (h/8)(|x|^2 - |y|^2)

A proposal nearer to 0 is accepted for certain, another one with probability e^R.

Half of the flow. Let x have the target's law. The accepted flow from x to y is as large as that
from y to x: this is detailed balance. So half of it goes where |y| < |x|, and there everything is
accepted:

    E min(1, e^R) = 2 P(|y| < |x|)

Student's law. Put u = x + y and v = x - y, so that |y| < |x| says u v > 0. In each component

    var v = h + h^2/4,   cov(u, v) = 1 - (r^2 + h) = -h^2/4,   var u var v - cov(u, v)^2 = 4h

The last one is 4 times the determinant of the covariance matrix of x and y, which is h. Write
u = -(h^2/4)/(var v) v + w with w independent of v; then var w = 4h/(var v). Let X^2 be
|v|^2/(var v), a chi-square variable with d degrees of freedom. Given v, the product w v is normal
with the variance 4h X^2, say 2 sqrt(h) X g with a standard normal g that is independent of v:

    u v = -(h^2/4) X^2 + 2 sqrt(h) X g = 2 sqrt(h) X (g - s X),   s = h^(3/2)/8

So u v > 0 says g/(X/sqrt(d)) > s sqrt(d), and on the left is Student's T with d degrees of freedom:

    mean acceptance = P(|T_d| > s sqrt(d))

In one dimension T is a Cauchy variable, and the mean acceptance is

    1 - (2/pi) arctan(h^(3/2)/8) = 1 - h^(3/2)/(4 pi) + ...

which is 0.9718834, 0.9208332 and 0.7836531 at h = 1/2, 1 and 2. By the addition theorem it is also
(2/pi) (arctan(sqrt(h)/2) + arctan((2 - h/2)/sqrt(h))), the two angles between which (x, z) lies.

Jumps. The square |x - y|^2 = |v|^2 of an accepted move is symmetric in x and y as well. So its mean
is 2 E |v|^2 on g > s X, and |v|^2 = (var v) X^2. To weigh the law of X^2 by X^2/d is to take two
more degrees of freedom. Hence one step of the chain moves by

    E |x' - x|^2/d = (h + h^2/4) P(|T_(d+2)| > s sqrt(d + 2))

For d = 1 the probability is 1 - (2/pi) (arctan s + s/(1 + s^2)). It is less than the acceptance,
because long moves are refused more often.

Many dimensions. T tends to a normal variable. With h = l d^(-1/3) the acceptance tends to
2 Phi(-l^(3/2)/8), and so does the probability in the mean square jump, which is then largest where
the acceptance is 0.574. In one dimension it is largest at h = 2.556 with the acceptance 0.699, and
in 16 dimensions at h = 1.170 with 0.536: the limit is approached slowly, and from below.

Law. MALA keeps the target, so that E x_n^2 = 1 for every n. ULA has r^2 V + h in place of V, and
from V = 1 it gets to 1/(1 - h/4) - (1/(1 - h/4) - 1) r^(2n) (G28).

All chains start from exact draws of the target, so that every step is at rest. The acceptance of a
chain is the share of its n steps, and its standard error comes from independent chains.

Source: G. O. Roberts and R. L. Tweedie, Bernoulli 2 (1996) 341 (MALA); W. K. Hastings, Biometrika
57 (1970) 97 (accepting); Student, Biometrika 6 (1908) 1; G. O. Roberts and J. S. Rosenthal, J. R.
Stat. Soc. B 60 (1998) 255 (0.574). The law at finite d and h is the computation above.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from scipy.special import stdtr

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.estimate import Estimate
from stochcalc.langevin import Chains, sample
from stochcalc.typing import Array, Axes, Number

N = 8  # steps of a chain
LONG = 2.0  # a step for the jumps; ULA's law has twice the variance there
STEP = 1.0
MANY = 16  # dimensions
FEW = 4  # steps of a chain in many dimensions


def acceptance(h: Number, d: int = 1) -> Number:
    """Return the mean acceptance P(|T_d| > sqrt(d) h^(3/2)/8), for one step or for several.

    Examples
    --------
    >>> [round(float(acceptance(h)), 7) for h in (0.5, 1.0, 2.0)]
    [0.9718834, 0.9208332, 0.7836531]
    """
    if d == 1:
        return 1.0 - 2.0 / math.pi * np.arctan(h**1.5 / 8.0)
    return 2.0 * stdtr(d, -math.sqrt(d) * h**1.5 / 8.0)


def square_jump(h: Number, d: int = 1) -> Number:
    """Return E |x' - x|^2/d of one step of the chain at rest."""
    far = math.sqrt(d + 2) * h**1.5 / 8.0
    return 2.0 * (h + h * h / 4.0) * stdtr(d + 2, -far)


def square_of_ula(h: float, n: int) -> float:
    """Return E x_n^2 of ULA from x_0 of law N(0, 1)."""
    V = 1.0 / (1.0 - h / 4.0)
    return V - (V - 1.0) * (1.0 - h / 2.0) ** (2 * n)


def climb(x: Array) -> Array:
    """Return the score of N(0, I) at points, shape (d, chains)."""
    return -x


def log_density(x: Array) -> Array:
    """Return the log density of N(0, I) at points, shape (d, chains), up to a constant."""
    value: Array = -0.5 * (x * x).sum(axis=0)
    return value


def run_chains(
    run: Run,
    part: int,
    *,
    h: float,
    chains: int,
    d: int = 1,
    n: int = N,
    method: str = "mala",
    save: str = "stats",
) -> Chains:
    """Run chains from draws of N(0, I_d); each `part` of the run has starts and noise of its own.

    Moments of the last states are kept, or every state for save="all".
    """
    starts = np.random.default_rng(run.derive_key(2 * part)).standard_normal((chains, d))
    return sample(
        climb,
        starts,
        step=h,
        n=n,
        method=method,
        chains=chains,
        thin=1 if save == "all" else n,
        save=save,
        log_density=log_density if method == "mala" else None,
        starts=True,
        vectorized=True,
        key=run.derive_key(2 * part + 1),
        **run.options,
    )


def measure_jump(chains: Chains) -> Estimate:
    """Return the mean square of a component's moves, by chain, with all states kept."""
    assert chains.x is not None
    moves = np.diff(chains.x, axis=1)
    return Estimate.mean((moves * moves).mean(axis=(1, 2)))


@claim(
    "G51",
    chapter="langevin",
    title="MALA on N(0, I_d) accepts with probability P(|T_d| > sqrt(d) h^(3/2)/8), Student's T",
    formula=r"E \min(1, e^R) = P\Bigl(|T_d| > \tfrac18 \sqrt d \, h^{3/2}\Bigr)"
    r" = 1 - \frac{2}{\pi} \arctan \frac{h^{3/2}}{8} \quad (d = 1)",
    sources=("robertstweedie1996", "hastings1970", "student1908", "robertsrosenthal1998"),
)
def mala(run: Run) -> Iterator[Row | str]:
    """Measure mean acceptances, the mean square of a move, and what becomes of the variance."""
    half = max(256, run.paths // 2)
    few = max(256, run.paths // 8)
    cases = (
        (0.5, 1.0 - 0.5 / 4.0, "1 - h/4: one over the variance of ULA"),
        (1.0, 1.0 - 1.0 / (2.0 * math.pi), "1 - h^(3/2)/(2 pi): every proposal is at risk"),
        (2.0, 1.0 - 2.0**1.5 / 8.0, "1 - h^(3/2)/8: the angle, and not its share"),
    )
    for part, (h, twin, twin_statement) in enumerate(cases):
        yield Row(
            statement=f"mean acceptance, d = 1, h = {h:g}",
            exact=float(acceptance(h)),
            measured=run_chains(run, part, h=h, chains=half).acceptance,
            twin=twin,
            twin_statement=twin_statement,
            paths=half,
        )
    yield Row(
        statement=f"mean acceptance, d = {MANY}, h = {STEP:g}",
        exact=float(acceptance(STEP, MANY)),
        measured=run_chains(run, 3, h=STEP, d=MANY, n=FEW, chains=few).acceptance,
        twin=float(acceptance(STEP)) ** MANY,
        twin_statement="each component is accepted on its own",
        paths=few,
    )
    yield Row(
        statement=f"E (x' - x)^2, d = 1, h = {LONG:g}",
        exact=float(square_jump(LONG)),
        measured=measure_jump(run_chains(run, 4, h=LONG, chains=few, save="all")),
        twin=float(acceptance(LONG)) * (LONG + LONG**2 / 4.0),
        twin_statement="the acceptance times that of a proposal",
        paths=few,
    )
    squares = (
        ("mala", LONG, 1.0, 1.0 / (1.0 - LONG / 4.0), "that of ULA", 1.0),
        ("ula", STEP, square_of_ula(STEP, N), 1.0, "the target's", 1.0 / (1.0 - STEP / 4.0)),
    )
    for part, (method, h, exact, twin, twin_statement, limit) in enumerate(squares, start=5):
        chains = run_chains(run, part, h=h, chains=half, method=method)
        yield Row(
            statement=f"E x_n^2 by {method} from N(0, 1), h = {h:g}, n = {N}",
            exact=exact,
            measured=chains.moments[-1, 0].mean_square(),
            twin=twin,
            twin_statement=twin_statement,
            paths=half,
            limit=limit,
        )


@mala.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw the mean acceptance by step and dimension, beside the mean square jump by acceptance."""
    from stochcalc.plot import panels

    title = "MALA accepts by Student's law, and goes farthest if it often refuses"
    left, right = panels(ax, 2, title)
    draw_acceptances(left, run)
    draw_jumps(right, run)
    return ax


# Each name is written beside its line: for each dimension, where.
NAMES = {1: (3.27, 0.61), 4: (3.27, 0.23), 16: (2.4, 0.14), 64: (0.12, 0.5)}


def draw_acceptances(ax: Axes, run: Run) -> None:
    """Draw measured acceptances on the exact curves, for several dimensions."""
    from stochcalc.plot import curve, points, tell_points_from_lines

    steps = np.array([0.3, 0.8, 1.4, 2.2, 3.0])
    grid = np.linspace(0.0, 3.2, 161)
    for i, (d, place) in enumerate(NAMES.items()):
        measured = [
            run_chains(run, 10 + i, h=float(h), d=d, n=FEW, chains=2000).acceptance for h in steps
        ]
        points(ax, steps, measured, "", i)
        curve(ax, grid, acceptance(grid, d), "", i)
        ax.text(*place, f"d = {d}", color=f"C{i}", va="center")
    tell_points_from_lines(ax)
    ax.set(xlabel="step size h", ylabel="mean acceptance", ylim=(0.0, 1.2), xlim=(0.0, 3.8))
    ax.legend(loc="upper right")


def draw_jumps(ax: Axes, run: Run) -> None:
    """Draw the mean square jump over its largest value against the acceptance."""
    from stochcalc.plot import curve, points
    from stochcalc.plot.look import ink

    fine = np.geomspace(0.001, 100.0, 4000)
    for i, d, chains in ((0, 1, 20_000), (2, MANY, 4000)):
        jumps = square_jump(fine, d)
        best = float(jumps.max())
        shares = acceptance(fine, d)
        steps = np.interp([0.9, 0.8, 0.7, 0.55, 0.4, 0.25], shares[::-1], fine[::-1])
        measured = []
        for h in steps:
            states = run_chains(run, 20 + i, h=float(h), d=d, n=FEW, chains=chains, save="all")
            jump = measure_jump(states)
            measured.append(Estimate.normal(jump.value / best, jump.stderr / best))
        points(ax, acceptance(steps, d), measured, "", i)
        curve(ax, shares, jumps / best, "", i)
    ax.text(0.33, 0.36, "d = 1", color="C0")
    ax.text(0.03, 0.64, f"d = {MANY}", color="C2")
    ax.axvline(0.574, color=ink(ax), ls=":", lw=1.2, alpha=0.75)
    ax.text(0.585, 0.06, "0.574: best\nfor many d", color=ink(ax))
    ax.set(xlabel="mean acceptance", ylabel="mean square jump / its largest", xlim=(0.0, 1.0))
    ax.set(ylim=(0.0, 1.2))
