"""Broken Langevin chains: on a Gaussian, where the law of every chain is known at every step."""

from __future__ import annotations

import math

import numpy as np
from broken import SIGMAS, Defect, assert_near
from evidence import assert_mean

from stochcalc.langevin import sample
from stochcalc.langevin.diagnostics import split_rhat

OVERDAMPED = "langevin/samplers/overdamped.py"
KINETIC = "langevin/samplers/kinetic.py"


def score(x):
    return -x


def log_density(x):
    return -0.5 * x * x


def moments(x):
    """x and its square, the samples of mean and mean square."""
    return np.stack([x, x**2], axis=1)


def check_ula(seed):
    """From x = 2, eight steps of ULA on N(0, 1): both moments follow a recursion."""
    h, n = 0.5, 8
    x = sample(score, 2.0, step=h, n=n, chains=1 << 14, save="last", rng=seed).x[:, -1]
    mean, square = 2.0, 4.0
    for _ in range(n):
        mean = (1.0 - 0.5 * h) * mean
        square = (1.0 - 0.5 * h) ** 2 * square + h
    assert_mean(moments(x), [mean, square], sigmas=SIGMAS)


def check_temperature(seed):
    """At the temperature 3 one step from 0 has the variance 3 h."""
    x = sample(score, 0.0, step=0.5, n=1, chains=1 << 13, temperature=3.0, save="last", rng=seed)
    assert_mean(x.x[:, -1] ** 2, 1.5, sigmas=SIGMAS)


def check_leimkuhler_matthews(seed):
    """The chain of Leimkuhler and Matthews has the variance 1 on N(0, 1), whatever its step."""
    x = sample(score, 0.0, step=1.0, n=40, chains=1 << 15, method="lm", save="last", rng=seed)
    assert_mean(x.x[:, -1] ** 2, 1.0, sigmas=SIGMAS)


def check_baoab(seed):
    """BAOAB on N(0, 1) at h = 1 has <q^2> = 1 and <p^2> = 1 - h^2/4 after many steps."""
    chains = sample(
        score,
        0.0,
        step=1.0,
        n=80,
        chains=1 << 15,
        method="baoab",
        friction=0.5,
        save="last",
        rng=seed,
    )
    squares = np.stack([chains.x[:, -1] ** 2, chains.p[:, -1] ** 2], axis=1)
    assert_mean(squares, [1.0, 0.75], sigmas=SIGMAS)


def check_obabo(seed):
    """OBABO on N(0, 1) at h = 1 has <q^2> = 1/(1 - h^2/4) and <p^2> = 1 after many steps."""
    chains = sample(
        score,
        0.0,
        step=1.0,
        n=80,
        chains=1 << 15,
        method="obabo",
        friction=0.5,
        save="last",
        rng=seed,
    )
    squares = np.stack([chains.x[:, -1] ** 2, chains.p[:, -1] ** 2], axis=1)
    assert_mean(squares, [4.0 / 3.0, 1.0], sigmas=SIGMAS)


def check_mala(seed):
    """MALA keeps N(0, 1) whatever its step, here from exact draws."""
    start = np.random.default_rng(seed).standard_normal(1 << 14)
    chains = sample(
        score,
        start,
        step=1.5,
        n=4,
        chains=len(start),
        starts=True,
        method="mala",
        log_density=log_density,
        save="last",
        rng=seed,
    )
    x = chains.x[:, -1]
    near = math.erf(math.sqrt(0.5))
    assert_mean(np.stack([np.sin(x), np.abs(x) < 1.0], axis=1), [0.0, near], sigmas=SIGMAS)


def check_rhat(seed):
    """Two chains at different places: split R-hat by its definition, on normal scores of ranks.

    The draws of each chain are symmetric about its own mean and the places are alike after
    folding, so that the unfolded ratio is the larger one."""
    from scipy.stats import norm, rankdata

    x = np.random.default_rng(seed).standard_normal((2, 40))
    x[1] += 2.0
    halves = x.reshape(4, 20)
    z = norm.ppf((rankdata(halves).reshape(4, 20) - 0.375) / (80 + 0.25))
    within = z.var(axis=1, ddof=1).mean()
    between = z.mean(axis=1).var(ddof=1)
    assert_near(split_rhat(x), np.sqrt(between / within + 19 / 20), 1e-10)


DEFECTS = (
    Defect(
        name="root of 2h",
        what="The noise of ULA is that of the other convention, sqrt(2h), with the drift of this.",
        file=OVERDAMPED,
        old="x + 0.5 * dt * score(t, x, *args[1:]) + amplitude * dW\n",
        new="x + 0.5 * dt * score(t, x, *args[1:]) + math.sqrt(2.0) * amplitude * dW\n",
        check=check_ula,
        by="law",
    ),
    Defect(
        name="down the score",
        what="The chain moves against the score, away from where the density is.",
        file=OVERDAMPED,
        old="return x + 0.5 * dt * score(t, x, *args[1:])",
        new="return x - 0.5 * dt * score(t, x, *args[1:])",
        check=check_ula,
        by="law",
    ),
    Defect(
        name="temperature without its root",
        what="The noise is multiplied by the temperature instead of by its square root.",
        file=OVERDAMPED,
        old="return (math.sqrt(temperature),)",
        new="return (temperature,)",
        check=check_temperature,
        by="law",
    ),
    Defect(
        name="each normal once",
        what="The sampler of Leimkuhler and Matthews uses the new normal alone, as ULA does.",
        file=OVERDAMPED,
        old="amplitude * 0.5 * (last + dW), dW)",
        new="amplitude * dW, dW)",
        check=check_leimkuhler_matthews,
        by="law",
    ),
    Defect(
        name="order of BAOAB",
        what="Friction and noise come before the first flight instead of between the two.",
        file=KINETIC,
        old="        q = q + 0.5 * dt * p\n"
        "        p = decay * p + amplitude * take_part(dW, 0, d)\n"
        "        q = q + 0.5 * dt * p\n"
        "        p = p + 0.5 * dt * score(t, q, *args[2:])\n",
        new="        p = decay * p + amplitude * take_part(dW, 0, d)\n"
        "        q = q + 0.5 * dt * p\n"
        "        q = q + 0.5 * dt * p\n"
        "        p = p + 0.5 * dt * score(t, q, *args[2:])\n",
        check=check_baoab,
        by="law",
    ),
    Defect(
        name="whole kick",
        what="The last kick of BAOAB takes the whole step instead of half of it.",
        file=KINETIC,
        old="        q = q + 0.5 * dt * p\n"
        "        p = p + 0.5 * dt * score(t, q, *args[2:])\n"
        "        return join(q, p)\n",
        new="        q = q + 0.5 * dt * p\n"
        "        p = p + dt * score(t, q, *args[2:])\n"
        "        return join(q, p)\n",
        check=check_baoab,
        by="law",
    ),
    Defect(
        name="noise that friction takes",
        what="The noise has the variance 1 - e^(-gamma h), where 1 - e^(-2 gamma h) is due.",
        file=KINETIC,
        old="lost = -math.expm1(-2.0 * friction * step / noises)",
        new="lost = -math.expm1(-friction * step / noises)",
        check=check_baoab,
        by="law",
    ),
    Defect(
        name="one noise for both halves",
        what="The two half steps of friction and noise in OBABO share one normal.",
        file=KINETIC,
        old="        q = q + dt * p\n"
        "        p = p + 0.5 * dt * score(t, q, *args[2:])\n"
        "        p = decay * p + amplitude * take_part(dW, d, d)\n",
        new="        q = q + dt * p\n"
        "        p = p + 0.5 * dt * score(t, q, *args[2:])\n"
        "        p = decay * p + amplitude * take_part(dW, 0, d)\n",
        check=check_obabo,
        by="law",
    ),
    Defect(
        name="ratio of the proposals",
        what="MALA accepts by the ratio of the densities, without that of the proposals.",
        file=OVERDAMPED,
        old="            + (inner_product(out, out) - inner_product(back, back)) / (2.0 * dt)\n",
        new="",
        check=check_mala,
        by="law",
    ),
    Defect(
        name="every proposal accepted",
        what="MALA moves to the proposal whether it is accepted or not.",
        file=OVERDAMPED,
        old="choose(there == there, choose(accepted, y, x), math.nan * x)",
        new="choose(there == there, y, math.nan * x)",
        check=check_mala,
        by="law",
    ),
    Defect(
        name="halves of a chain",
        what="R-hat compares whole chains instead of their halves.",
        file="langevin/diagnostics.py",
        old="    return np.concatenate([chains[:, :half], chains[:, -half:]])",
        new="    return np.concatenate([chains, chains])[:, : 2 * half]",
        check=check_rhat,
        by="bits",
        everyday=True,
    ),
)
