"""G31: bridges between grid times give the law of a first passage; grid times see it too late.

Let tau be the time at which X_t = mu t + sigma W_t first reaches the level d > 0. Paths with
tau <= T end above d or below it. Those above have the probability of the first term below. A path
that ends at x < d is reflected from tau on: without a drift it ends at 2d - x just as likely. With
a drift its weight is the density exp(mu x/sigma^2 - mu^2 T/(2 sigma^2)) of Girsanov, which is
e^(2 mu d/sigma^2) times the weight of 2d - x under the drift -mu. Together

    P(tau <= T) = Phi((mu T - d)/(sigma sqrt(T)))
                  + e^(2 mu d/sigma^2) Phi((-mu T - d)/(sigma sqrt(T)))

and E min(tau, T) is the integral of P(tau > t) over [0, T].

Four grid times see the passage much too rarely. Between grid times the path is a Brownian bridge,
whatever the drift. If its ends have the distances a and c from the level, the same reflection gives
the share of bridges that touch it:

    exp(-((a + c)^2 - (a - c)^2)/(2 sigma^2 h)) = exp(-2 a c/(sigma^2 h))

Drawing this event, and the time of the touch from its own law, repairs the law of tau exactly, with
any number of steps. What n grid times see is known by quadrature (`chain_passage`). A rule of thumb
is that they see a level 0.5826 sigma sqrt(h) further away, with 0.5826 = -zeta(1/2)/sqrt(2 pi); on
four steps it is refuted.

For the Ornstein-Uhlenbeck process dX = theta (mu - X) dt + sigma dW, with its exact steps, the
states at grid times are exact. Between them a Brownian bridge stands in for the bridge of the
process: the drift is frozen inside a step. That leaves an error of order h^2, which falls to about
a quarter as the step is halved, once the steps are fine. What n steps see, with and without
bridges, follows by quadrature once more, and the law itself by an integral equation (`ou_passage`).

Source: Glasserman, Monte Carlo Methods in Financial Engineering (2004), section 6.4; Asmussen,
Glynn and Pitman, Ann. Appl. Probab. 5 (1995) 875, and Broadie, Glasserman and Kou, Math. Finance 7
(1997) 325 (0.5826); Gobet, Stoch. Process. Appl. 87 (2000) 167.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.models import ou
from stochcalc.passage.chain_law import chain_passage
from stochcalc.passage.exact_laws import brownian_mean, brownian_passage, ou_passage
from stochcalc.passage.first_passage import first_passage
from stochcalc.sde import SDE
from stochcalc.typing import Axes

# Brownian motion with drift, from 0 up to a level
LEVEL = 1.0
MU = 0.5
SIGMA = 0.8
STEPS = 4
SHIFT = 0.5826  # -zeta(1/2)/sqrt(2 pi)

# an Ornstein-Uhlenbeck process, from 0 up to a barrier
OU_THETA = 2.0
OU_MEAN = 0.5
OU_SIGMA = 1.0
START = 0.0
BARRIER = 1.0
FINE = 64


def drifting_motion() -> SDE:
    """Return dX = mu dt + sigma dW."""
    return SDE(
        lambda t, x, mu, sigma: mu,
        lambda t, x, mu, sigma: sigma,
        noise="additive",
        args=(MU, SIGMA),
    )


def seen_on_grid() -> float:
    """Return P(tau <= 1) as four grid times see it."""
    return chain_passage(STEPS, 1.0, 0.0, LEVEL, mu=MU, sigma=SIGMA, correction=False)


def seen_further_away() -> float:
    """Return P(tau <= 1) for the level 0.5826 sigma sqrt(h) further away."""
    level = LEVEL + SHIFT * SIGMA / math.sqrt(STEPS)
    return float(brownian_passage(1.0, level, MU, SIGMA))


def mean_at_step_ends() -> float:
    """Return E min(tau, 1) if each passage were at the end of its step: a sum for the integral."""
    starts = [k / STEPS for k in range(STEPS)]
    later = [1.0 - brownian_passage(t, LEVEL, MU, SIGMA) for t in starts]
    return float(np.mean(later))


def ou_chain(method: str, *, correction: bool) -> float:
    """Return P(tau <= 1) of a scheme for the Ornstein-Uhlenbeck process on 64 steps."""
    return chain_passage(
        FINE,
        1.0,
        START,
        BARRIER,
        theta=OU_THETA,
        mu=OU_MEAN,
        sigma=OU_SIGMA,
        method=method,
        correction=correction,
    )


@claim(
    "G31",
    chapter="schemes",
    title=(
        "Bridges between grid times give the law of the first passage; grid times alone"
        " see it too late"
    ),
    formula=r"P(\tau \le T) = \Phi\Bigl(\frac{\mu T - d}{\sigma \sqrt{T}}\Bigr)"
    r" + e^{2 \mu d/\sigma^2}\, \Phi\Bigl(\frac{-\mu T - d}{\sigma \sqrt{T}}\Bigr)",
    sources=("glasserman2004", "gobet2000", "broadie1997"),
)
def passage(run: Run) -> Iterator[Row | str]:
    """Measure passages of Brownian motion with drift and of an Ornstein-Uhlenbeck process."""
    yield from rows_of_drifting_motion(run)
    limit = float(ou_passage(1.0, START, BARRIER, OU_THETA, OU_MEAN, OU_SIGMA))
    with_bridges = ou_chain("exact", correction=True)
    without = ou_chain("exact", correction=False)
    euler = ou_chain("euler_maruyama", correction=True)
    reverting = first_passage(
        ou(OU_THETA, OU_MEAN, OU_SIGMA),
        START,
        BARRIER,
        1.0,
        n=FINE,
        method="exact",
        paths=run.paths,
        save="stats",
        key=run.key,
        **run.options,
    )
    yield Row(
        statement=(
            f"P(tau <= 1) of an Ornstein-Uhlenbeck process, exact steps and bridges on n = {FINE}"
        ),
        exact=with_bridges,
        measured=reverting.probability,
        twin=without,
        twin_statement="as grid times see it",
        limit=limit,
    )
    yield (
        f"For Ornstein-Uhlenbeck with n = {FINE}, exact steps with bridges are off the law "
        f"{limit:.6f} by {with_bridges - limit:+.1e}, Euler-Maruyama with bridges by "
        f"{euler - limit:+.1e}, and grid times alone by {without - limit:+.1e}."
    )


def rows_of_drifting_motion(run: Run) -> Iterator[Row]:
    """Measure probabilities and a mean of Brownian motion with drift on four steps."""
    equation = drifting_motion()
    paths = run.paths
    key = run.key
    bridged = first_passage(
        equation, 0.0, LEVEL, 1.0, n=STEPS, paths=paths, save="stats", key=key, **run.options
    )
    on_grid = first_passage(
        equation,
        0.0,
        LEVEL,
        1.0,
        n=STEPS,
        paths=paths,
        correction=False,
        save="stats",
        key=key,
        **run.options,
    )
    law = float(brownian_passage(1.0, LEVEL, MU, SIGMA))
    mean = brownian_mean(1.0, LEVEL, MU, SIGMA)
    yield Row(
        statement=f"P(tau <= 1) of mu t + sigma W, bridges on n = {STEPS}",
        exact=law,
        measured=bridged.probability,
        twin=seen_on_grid(),
        twin_statement="as grid times see it",
        limit=law,
    )
    yield Row(
        statement=f"P(tau <= 1) seen at {STEPS} grid times",
        exact=seen_on_grid(),
        measured=on_grid.probability,
        twin=seen_further_away(),
        twin_statement="the law at a barrier 0.5826 sigma sqrt(h) further away",
        limit=law,
    )
    yield Row(
        statement=f"E min(tau, 1), bridges on n = {STEPS}",
        exact=mean,
        measured=bridged.mean_restricted,
        twin=mean_at_step_ends(),
        twin_statement="each passage at the end of its step",
        limit=mean,
    )


@passage.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw a passage that grid times miss, and the law of the passage as both ways see it."""
    from stochcalc.plot import panels

    title = (
        f"{STEPS} steps with bridges give the law of the first passage; grid times alone miss many"
    )
    left, right = panels(ax, 2, title)
    draw_unseen_passage(left, run)
    draw_laws(right, run)
    return ax


def draw_unseen_passage(ax: Axes, run: Run) -> None:
    """Draw the path, of 200, that goes farthest beyond the level between grid times."""
    from stochcalc.plot.look import ink

    W = run.brownian(128 * STEPS, paths=200, store=True)
    x = MU * W.t + SIGMA * W.values
    unseen = (x[:, ::128] < LEVEL).all(axis=1)
    path = x[unseen][np.argmax(x[unseen].max(axis=1))]
    ax.plot(W.t, path, color=ink(ax), lw=0.9, alpha=0.7, label="path")
    ax.plot(W.t[::128], path[::128], "s--", color="C1", label=f"its {STEPS} grid times")
    first = int(np.argmax(path >= LEVEL))
    ax.plot(W.t[first], LEVEL, "o", color="C0", ms=8, label="first passage τ")
    ax.axhline(LEVEL, color=ink(ax), ls=":")
    ax.set(xlabel="time t", ylabel="μ t + σ W$_t$")
    ax.set_title("a passage that no grid time sees", fontsize="medium")
    ax.legend()


def draw_laws(ax: Axes, run: Run) -> None:
    """Draw P(tau <= t) with bridges, at grid times alone, and exactly."""
    from stochcalc.plot import curve, name_line

    t = np.linspace(0.0, 1.0, 401)
    labels = {True: f"{STEPS} steps and their bridges", False: f"{STEPS} grid times alone"}
    for i, (correction, label) in enumerate(labels.items()):
        found = first_passage(
            drifting_motion(),
            0.0,
            LEVEL,
            1.0,
            n=STEPS,
            paths=20_000,
            correction=correction,
            key=run.key,
            **run.options,
        )
        law = found.law(t)
        curve(ax, t, law.value, label, i)
        ax.fill_between(t, law.low, law.high, color=f"C{i}", alpha=0.25, lw=0)
    exact = brownian_passage(t, LEVEL, MU, SIGMA)
    curve(ax, t, exact, "exact law", 2)
    name_line(ax, 1.0, float(exact[-1]), f"exact {exact[-1]:.3f}", 2)
    name_line(ax, 1.0, seen_on_grid(), f"exact {seen_on_grid():.3f}", 1)
    ax.set(xlabel="time t", ylabel="P(τ ≤ t)")
    ax.set_title("bands: 95 % intervals of 20,000 paths", fontsize="medium")
    ax.legend()
