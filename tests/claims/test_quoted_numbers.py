"""Every decimal number in the derivation of a claim is computed here by another way."""

import math
import re
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from claim_numbers import (
    best_step_of_mala,
    escape,
    exponent_over_angles,
    extremes_of_walk,
    growth,
    growth_over_cosines,
    integral_of_parts,
    invariant_square,
    iterates_from_three,
    mala_by_ratio_of_squares,
    maximum_of_walk,
    mean_log,
    quadrature_over_a_piece,
    range_square_by_tables,
    ratio_of_pairs_by_quadrature,
    residual_square,
    share_left_by_geometric_mean,
    walk_of_eight,
)
from level_steps import denoised_steps, walked_along_levels
from scipy import optimize, special, stats

import stochcalc as sc

IDS = sorted(set(sc.CLAIMS) - {"G99"})  # G99 is the number of CONTRIBUTING's recipe
DECIMAL = re.compile(r"(?<![\w.])[-+]?(?:\d+\.\d+|\d+(?:\.\d+)?e[-+]?\d+)")

# What a derivation is given rather than computes: parameters, weights, steps and bounds.
GIVEN = {
    "G05": {"0.05", "0.02"},
    "G08": {"0.1", "0.9"},
    "G24": {"0.01", "0.0025"},  # gallery/schemes/plot_multilevel.py compares the costs
    "G27": {"2.4"},
    "G28": {"0.4", "0.2"},
    "G29": {"0.8", "0.2", "0.1"},
    "G30": {"0.8", "0.2"},
    "G32": {"0.8"},
    "G44": {"0.1", "0.2", "-0.3"},
    "G45": {"0.1", "0.8"},
    "G49": {"0.2"},
    "G53": {"0.4"},
    "G56": {"0.002"},
    "G57": {"0.999"},
}
FAR = 10**9  # dimensions, as good as infinitely many


def derivation(id):
    """The docstring of a claim's file, up to its source."""
    proof = sc.CLAIMS[id].proof
    return proof[: proof.index("Source:")]


def numbers(id):
    """The decimal numbers of a derivation that are results."""
    return set(DECIMAL.findall(derivation(id))) - GIVEN.get(id, set())


def computed():
    """The numbers of each claim, by the text that quotes them."""
    stratonovich, ito = quadrature_over_a_piece()
    logs = iterates_from_three()
    parts, distance = integral_of_parts(64)
    squares = Fraction(2 * sum((2 * k + 1) ** 2 for k in range(64)), 64**4)
    half_square = [math.exp(k / 64 / 2) for k in range(64)]
    arcsine = {k: math.comb(2 * k, k) / 4**k for k in (1, 8, 15, 16)}
    mean_sign = 1 - 2 * stats.f.cdf(1, 1, 7)
    zeta = -float(mpmath.zeta(0.5)) / math.sqrt(2 * math.pi)
    beyond = {x: float(mpmath.ncdf(-x)) for x in (4, 8)}
    fair = (-1, 1)
    lazy = (-1, 0, 0, 1)
    odd = extremes_of_walk(fair, 25)
    even = extremes_of_walk(fair, 16)
    best = {d: best_step_of_mala(d) for d in (1, 16, FAR)}
    by_drift = math.exp(16) * beyond[8] / beyond[4] ** 2

    def exponent_of_ito(sigma):
        return exponent_over_angles(sigma) + sigma**2 / 2

    def exponent_of_heun(h):
        return growth_over_cosines(1.5, h, 200)[0]

    return {
        "G01": {
            **walk_of_eight(),
            "0.6449587": maximum_of_walk(8),
            "0.7384832": maximum_of_walk(64),
            "0.7978846": stats.halfnorm.mean(),
        },
        "G03": {
            "0.0416641": float(squares),
            "0.03125": 2 / 64,
            "0.5470392": stats.chi2.cdf(16, 16),
        },
        "G05": {"1.32": 1 + 64 * 2 * 0.05**2, "1.08": 1 + 16 * 2 * 0.05**2},
        "G06": {"5e21": math.exp(50), "0.00516": 2 * stats.norm.sf(math.sqrt(2 * math.log(50)))},
        "G07": {"0.3173105": stats.chi2.sf(1, 1), "0.5826": zeta},
        "G08": {
            "0.1399499": arcsine[16],
            "0.0385653": arcsine[8] ** 2,
            "0.4243643": 2 * (arcsine[16] + arcsine[1] * arcsine[15]),
            "0.1328125": stats.betabinom(16, 0.5, 0.5).var() / 16**2,
            "0.4097": 2 * stats.arcsine.cdf(0.1),
        },
        "G12": {"0.5001004": parts, "0.0003012": distance, "0.0001004": math.pi**2 / 24 / 64**2},
        "G13": {
            "0.4375": sum(k / 8 for k in range(8)) / 8,
            "0.2734375": sum((k / 8) ** 2 for k in range(8)) / 8,
            "1.2573": sum(math.exp(k / 16) for k in range(8)) / 8,
        },
        "G14": {"-0.2987667": mean_sign, "-0.0746917": mean_sign / 4},
        "G15": {
            "0.0157878": residual_square(64),
            "0.0025308": math.expm1(0.5) - sum(half_square) / 128,
        },
        "G17": {"0.0455": stats.chi2.sf(4, 1)},
        "G19": {"0.0436": stratonovich, "0.7630": ito},
        "G25": {
            "-4.5": -3 - 3 / 2,
            "+0.455623": growth(1.0),
            "-0.351380": growth(0.5),
            "-0.737928": growth(0.25),
            "1.75": (1 - 3 / 2) ** 2 + 3 / 2,
            "0.8125": (1 - 3 / 4) ** 2 + 3 / 4,
            "0.70106481": optimize.brentq(growth, 0.69, 0.71, xtol=1e-12),
        },
        "G26": {"0.6125": 4 * 0.15 / (1 - (0.25 / 1.75) ** 2), "0.2": 2.0**2 / (2 * 10)},
        "G27": {
            "0.47799": invariant_square(),
            **dict(zip(("1.1", "2.35", "6.34", "18.3", "54.3"), logs)),
            # None: computed in a test of their own, below
            **dict.fromkeys(("0.5195", "0.9998", "0.0373", "0.7329", "0.9955")),
        },
        "G28": dict.fromkeys(("2e-7", "5e-4")),
        "G31": {"0.5826": zeta},
        "G39": {"0.5826": zeta},
        "G42": {"0.5826": zeta},
        "G37": {
            "0.00003167": beyond[4],
            "2.124": math.sqrt(by_drift - 1),
            "177.7": math.sqrt(1 / beyond[4] - 1),
        },
        "G47": {
            "+0.363523": exponent_over_angles(0.5),
            "-0.283090": exponent_over_angles(1.5),
            "0.928749": optimize.brentq(exponent_over_angles, 0.8, 1.1, xtol=1e-12),
            "0.427152": optimize.minimize_scalar(exponent_of_ito, (0.5, 0.9, 1.5)).fun,
            "0.2574": optimize.brentq(exponent_of_heun, 0.25, 0.27, xtol=1e-7),
        },
        "G49": {
            "4.04": 4 + 0.2**2,
            "3.2320": 16 * 4.04 / (4 + 16),
            "3.8768": 4.04 - 4 * (4.04 / (4 + 16)) ** 2,
        },
        "G51": {
            **{
                text: mala_by_ratio_of_squares(h, 1)
                for text, h in (("0.9718834", 0.5), ("0.9208332", 1.0), ("0.7836531", 2.0))
            },
            "2.556": best[1],
            "0.699": mala_by_ratio_of_squares(best[1], 1),
            "1.170": best[16],
            "0.536": mala_by_ratio_of_squares(best[16], 16),
            "0.574": mala_by_ratio_of_squares(best[FAR], FAR),
        },
        "G52": {
            "0.5826": zeta,
            "0.7059013": sum(p * high for (high, low), p in odd.items()) / 5,
            "1.1616069": sum(p * max(high, -low) for (high, low), p in odd.items()) / 5,
            "0.6396396": sum(
                p * high * math.sqrt(2) / 4 for (high, low), p in extremes_of_walk(lazy, 16).items()
            ),
            "0.6850700": sum(p * high for (high, low), p in even.items()) / 4,
            "2.0922375": sum(p * (high - low) ** 2 for (high, low), p in even.items()) / 16,
            "2.7725887": range_square_by_tables(),
            "3.2732395": 2 + 2 * stats.halfnorm.mean() ** 2,
        },
        "G53": {
            "1.1733735": ratio_of_pairs_by_quadrature(lambda x: abs(x - 0.5), breaks=(-0.5, 0.5)),
            "0.0025614": share_left_by_geometric_mean(0.4, 12),
            "0.0028800": share_left_by_geometric_mean(0.4, 12, b=1.0),
        },
        "G55": {
            "0.1294403": float(
                mpmath.pi**2 / 6
                + 1
                - 2 * mpmath.nsum(lambda i: mpmath.log1p(1 / i) / i, [1, mpmath.inf])
            ),
        },
        "G56": {
            "1.6891": walked_along_levels(1.0, 7),
            "33.4816": walked_along_levels(1.0, 1),
            "2.1015": walked_along_levels(1.0, None),
            "1.9420": walked_along_levels(1.0, 3),
            "5.9777": walked_along_levels(4.0, 3),
            "6.2510": walked_along_levels(4.0, 7),
            "2.0148": walked_along_levels(1.0, 7, churn=2.0),
        },
        "G57": {"1.8589": (0.999 * denoised_steps(4.0, 4, 0.999)) ** 2},
    }


COMPUTED = computed()


@pytest.mark.parametrize("id", IDS)
def test_every_decimal_of_a_derivation_is_computed_here(id):
    assert numbers(id) == set(COMPUTED.get(id, {}))


@pytest.mark.parametrize(
    "id, text",
    [(id, text) for id, found in COMPUTED.items() for text in found if found[text] is not None],
)
def test_a_quoted_number_is_right_to_its_last_digit(id, text):
    assert round_as(COMPUTED[id][text], text) == text.lstrip("+")


def round_as(value, text):
    """The value with as many digits as the text."""
    if "e" in text:
        return f"{value:.0e}".replace("e+", "e")
    decimals = len(text.split(".")[1])
    return f"{value:.{decimals}f}"


def test_a_wrong_digit_is_found():
    assert round_as(COMPUTED["G25"]["-0.351380"], "-0.351380") != "-0.351381"
    assert "0.437" not in numbers("G25")  # what the text once said


@pytest.mark.parametrize(
    "text, x, n",
    [
        ("0.0373", 0, 6),
        ("0.5195", 2, 6),
        ("0.9998", 2.4, 6),
        ("0.7329", 0, 100),
        ("0.9955", 0, 400),
    ],
)
def test_the_quoted_escapes_of_euler_maruyama_are_right(text, x, n):
    assert text in numbers("G27") and round_as(escape(x, n), text) == text


@pytest.mark.parametrize("bound, h", [("2e-7", 0.4), ("5e-4", 0.2)])
def test_the_chains_of_g28_remember_no_more_than_is_said(bound, h):
    """The memory of the start: moments after 40 steps less the stationary ones, by letters."""
    from stochcalc.claims.theorems.g28_langevin_bias import METHODS, PRECISIONS
    from stochcalc.langevin import linear_chain

    assert bound in numbers("G28")
    largest = 0.0
    for method in METHODS:
        for k in PRECISIONS:
            chain = linear_chain(k, step=h, method=method)
            start = np.zeros_like(chain.M)
            if chain.sampler.momentum:
                start[1, 1] = 1.0
            ratio = np.diag(chain.after(40, start)) / np.diag(chain.stationary)
            largest = max(largest, float(np.abs(ratio - 1).max()))
    assert float(bound) / 2 < largest <= float(bound)


@pytest.mark.parametrize(
    "id, text, value",
    [
        ("G25", "1 7 +0.455623", (1 - 3) ** 2 + 3),
        ("G27", "54.3, 162, ...", round(iterates_from_three()[5])),
        ("G06", "t = e^50 = 5e21", 50),
        ("G53", "one path counts for 390", round(1 / share_left_by_geometric_mean(0.4, 12))),
    ],
)
def test_whole_numbers_that_are_results_are_right(id, text, value):
    assert text in " ".join(derivation(id).split())
    assert str(value) in text


def test_the_best_sampling_rate_of_g05_is_as_quoted():
    assert "is 116 for" in " ".join(derivation("G05").split())
    n = np.arange(2, 400)
    assert n[np.argmin(2 / n + 4 * n**2 * 0.02**4)] == 116


def test_special_values_agree_with_their_names():
    """G27's moment in Gamma functions, and G25's constant, by quadrature."""
    gammas = math.sqrt(2) * special.gamma(0.75) / special.gamma(0.25)
    assert invariant_square() == pytest.approx(gammas, rel=1e-10)
    assert mean_log(0.0, 1.0) == pytest.approx(-(np.euler_gamma + math.log(2)) / 2, abs=1e-9)
