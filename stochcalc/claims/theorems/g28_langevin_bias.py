"""G28: Langevin samplers on N(0, 1/k) tend to moments that are exact, or off by a known amount.

The target is a quadratic well with k = omega^2: its score is -k q, and E k q^2 = 1. A kinetic
sampler has a momentum of unit mass besides, with E p^2 = 1. All chains are linear with normal
noise, so that their second moments are the fixed points of linear equations.

The unadjusted algorithm (ULA) is q' = r q + sqrt(h) z with r = 1 - k h/2. Its variance V solves
V = r^2 V + h, and since 1 - r^2 = k h (1 - k h/4),

    k V = 1/(1 - k h/4)

Leimkuhler and Matthews (LM) take (z_n + z_(n+1))/2 in place of z. The noises of neighbouring steps
have the covariance h/4, and each has the variance h/2, so that V = r^2 V + 2 r h/4 + h/2. Hence
V (1 - r^2) = (1 + r) h/2, which is k V = 1.

The kinetic samplers compose, with time steps h, the moves

    A   q <- q + h p        B   p <- p - h k q        O   p <- decay p + noise

where O, of any positive friction, preserves a law in which p is standard normal and independent of
q. A letter that occurs twice takes h/2. Put c = k h^2/4. The composition ABA conserves
(1 - c) p^2 + k q^2, and BAB conserves p^2 + k (1 - c) q^2: one multiplies it out. A normal law
whose exponent is the conserved form, with p standard normal, is invariant under both O and the
composition, and so it is the stationary law at the moment of O. There

    OABAO, BAOAB, BAOA   k <q^2> = 1 - c          (around ABA)
    OBABO, ABOBA         k <q^2> = 1/(1 - c)      (around BAB)

and <p^2> = 1. A sampler is looked at after its last letter. For OABAO and OBABO that is O. In BAOA
the flight A of half a step follows, which leaves p as it is:

    k <q^2> = 1 - c + k h^2/4 = 1

In BAOAB the kick B follows in its turn. Since <p q> = h/2 after the flight,

    <p^2> = 1 - k h <p q> + (k h/2)^2 <q^2> = 1 - 2c + c = 1 - c

In ABOBA the kick comes first, <p^2> = 1 + c/(1 - c) = 1/(1 - c), and the flight then gives
k <q^2> = 1. Together, (k <q^2>, <p^2>) are

    BAOAB  (1, 1 - c)
    ABOBA  (1, 1/(1 - c))
    OBABO  (1/(1 - c), 1)
    OABAO  (1 - c, 1)
    BAOA   (1, 1)

These numbers are limits of many steps, and are printed as such. The chains start at q = 0, with p
standard normal, and take n = 40 steps. Their exact moments come from the same linear equations,
iterated: a step is state <- M state + N z, with M and N the product of the matrices of its letters,
so that the covariance goes from S to M S M^T + N N^T (`stochcalc.langevin.linear_chain`). For ULA

    V_n = h (1 + r^2 + ... + r^(2n - 2)) = V (1 - r^(2n))

What the chains still remember of the start is at most 2e-7 of a moment at h = 0.4, and 5e-4 at
h = 0.2. Both wells are run at once, as a system of two independent components.

Source: Leimkuhler and Matthews, Appl. Math. Res. Express 2013, 34 (LM, BAOAB, ABOBA), and Molecular
Dynamics (2015), chapter 7; Kieninger and Keller, J. Chem. Theory Comput. 18 (2022) 5792 (BAOA).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.estimate import Estimate
from stochcalc.langevin import Chains, linear_chain, sample
from stochcalc.typing import Axes

OMEGAS = (1.0, 2.0)  # of the two wells
PRECISIONS = (1.0, 4.0)  # k = omega^2
STEP = 0.4
OTHER_STEPS = (0.2, 0.8)
N = 40
METHODS = ("ula", "lm", "baoab", "aboba", "obabo", "oabao", "baoa")  # the laws are derived above


def stationary_moments(method: str, k: float, h: float) -> dict[str, float]:
    """Return k <q^2> under "q", and <p^2> under "p" if the sampler has a momentum."""
    c = k * h * h / 4
    formulas = {
        "ula": {"q": 1 / (1 - k * h / 4)},
        "lm": {"q": 1.0},
        "baoab": {"q": 1.0, "p": 1 - c},
        "aboba": {"q": 1.0, "p": 1 / (1 - c)},
        "obabo": {"q": 1 / (1 - c), "p": 1.0},
        "oabao": {"q": 1 - c, "p": 1.0},
        "baoa": {"q": 1.0, "p": 1.0},
    }
    return formulas[method]


def moments_after(method: str, k: float, h: float, n: int) -> dict[str, float]:
    """Return k <q^2> and <p^2> after n steps from q = 0, for p standard normal at the start.

    Examples
    --------
    >>> found = moments_after("baoab", 1.0, 0.2, 40)
    >>> round(found["q"], 6), round(found["p"], 6)     # the limits are 1 and 0.99
    (0.999564, 0.989827)
    """
    chain = linear_chain(k, step=h, method=method)
    start = np.zeros_like(chain.M)
    if not chain.sampler.momentum:
        return {"q": k * float(chain.after(n, start)[0, 0])}
    start[1, 1] = 1.0
    S = chain.after(n, start)
    return {"q": k * float(S[0, 0]), "p": float(S[1, 1])}


def wrong_moment(method: str, k: float, h: float, of: str) -> tuple[float, str]:
    """Return a wrong value of a moment, and what it would mean."""
    c = k * h * h / 4
    if stationary_moments(method, k, h)[of] != 1.0:
        return 1.0, "1: no bias"
    if of == "p":
        return 1 - c, "1 - c, as BAOAB has it"
    if method == "lm":
        return 1 / (1 - k * h / 4), "ULA's"
    return 1 / (1 - c), "1/(1 - c), as OBABO has it"


def run_chains(run: Run, method: str, h: float, chains: int) -> Chains:
    """Run chains in both wells from q = 0, and keep the moments of their last states."""
    return sample(
        lambda x, a, b: (-a * x[0], -b * x[1]),
        (0.0, 0.0),
        step=h,
        n=N,
        chains=chains,
        method=method,
        thin=N,
        save="stats",
        args=PRECISIONS,
        key=run.key,
        **run.options,
    )


def measure_square(chains: Chains, of: str, well: int) -> Estimate:
    """Return the measured k <q^2> or <p^2> of one well."""
    if of == "q":
        square = chains.moments[-1, well].mean_square()
        k = PRECISIONS[well]
        return Estimate.normal(k * square.value, k * square.stderr)
    assert chains.p_moments is not None
    return chains.p_moments[-1, well].mean_square()


def rows_of_sampler(run: Run, method: str, h: float, paths: int) -> Iterator[Row]:
    """Measure the moments of one sampler with one step, in both wells."""
    chains = run_chains(run, method, h, paths)
    names = {"q": f"omega^2 <q^2>, {method}", "p": f"<p^2>, {method}"}
    for well, omega in enumerate(OMEGAS):
        k = PRECISIONS[well]
        limits = stationary_moments(method, k, h)
        for of, exact in moments_after(method, k, h, N).items():
            twin, twin_statement = wrong_moment(method, k, h, of)
            yield Row(
                statement=f"{names[of]}, omega = {omega:g}, h = {h:g}, n = {N}",
                exact=exact,
                measured=measure_square(chains, of, well),
                twin=twin,
                twin_statement=twin_statement,
                paths=paths,
                limit=limits[of],
            )


@claim(
    "G28",
    chapter="langevin",
    title="Langevin samplers tend to moments that are exact or biased by a known amount",
    decisive_paths=1_000_000,
    formula=r"k \langle q^2 \rangle = \frac{1}{1 - k h/4} \text{ (ULA)}, \quad"
    r" 1 \text{ (BAOAB)}, \quad \frac{1}{1 - k h^2/4} \text{ (OBABO)}",
    sources=("leimkuhlermatthews2013", "leimkuhlermatthews2015", "kieningerkeller2022"),
)
def langevin_bias(run: Run) -> Iterator[Row | str]:
    """Measure second moments of seven samplers in two wells, and more of them at other steps."""
    for method in METHODS:
        yield from rows_of_sampler(run, method, STEP, run.paths)
    few = run.paths // 8
    others: list[Row] = []
    for h in OTHER_STEPS:
        for method in METHODS:
            others.extend(rows_of_sampler(run, method, h, few))
    worst = max(others, key=lambda row: abs(row.z))
    yield (
        f"At h = {OTHER_STEPS[0]:g} and {OTHER_STEPS[1]:g}, {len(others)} further moments are "
        f"measured on {few} chains: the one furthest from its exact value is {worst.statement}, "
        f"with z = {worst.z:+.2f}."
    )


@langevin_bias.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw the stationary moments of positions and of momenta against the step, for k = 1."""
    from stochcalc.plot import panels

    title = "Langevin samplers on N(0, 1): exact, or biased by a known amount"
    left, right = panels(ax, 2, title)
    draw_moments(left, run, "q", POSITIONS)
    draw_moments(right, run, "p", MOMENTA)
    left.set(
        ylabel="⟨q²⟩ of positions, right value 1",
        xlabel="h: a time of dq = s/2 dt + dW (ULA, LM),\nor of dq = p dt (the others)",
    )
    right.set(ylabel="⟨p²⟩ of momenta, right value 1", xlabel="h\npoints: measured, lines: exact")
    return ax


# Each name is written at the end of its line: for each sampler, its name and its height there.
POSITIONS = {
    "ula": ("ULA", 1.66),
    "lm": ("LM, BAOAB,\nABOBA, BAOA", 1.0),
    "baoab": ("", 1.0),
    "obabo": ("OBABO", 2.45),
    "oabao": ("OABAO", 0.36),
}
MOMENTA = {
    "baoab": ("BAOAB", 0.36),
    "aboba": ("ABOBA", 2.45),
    "oabao": ("OABAO,\nOBABO,\nBAOA", 1.0),
}


def draw_moments(ax: Axes, run: Run, of: str, names: dict[str, tuple[str, float]]) -> None:
    """Draw measured and exact moments of some samplers against the step."""
    from stochcalc.plot import curve, points

    steps = np.array([0.3, 0.6, 0.9, 1.2, 1.5])
    grid = np.linspace(0.02, 1.6, 80)
    for i, (method, (name, height)) in enumerate(names.items()):
        measured = []
        for h in steps:
            chains = run_chains(run, method, float(h), 20_000)
            measured.append(measure_square(chains, of, 0))
        places = steps
        if method == "lm":
            places = steps + 0.03  # beside BAOAB's, which have the same values
        points(ax, places, measured, "", i)
        exact = [stationary_moments(method, 1.0, h)[of] for h in grid]
        curve(ax, grid, exact, "", i)
        ax.text(1.63, height, name, color=f"C{i}", va="center")
    ax.set(xlim=(0.0, 2.2), ylim=(0.25, 2.6), xticks=(0.0, 0.4, 0.8, 1.2, 1.6))
