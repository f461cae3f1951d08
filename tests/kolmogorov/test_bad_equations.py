"""Bad questions of stationary densities: the slip is named with its value and a remedy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from refusals import refused_before_anything_is_compiled, wrong_type, wrong_value

import stochcalc as sc

nan = math.nan
inf = math.inf


def equation(a=lambda t, x: -x, b=lambda t, x: 1.0, **options):
    return sc.SDE(a, b, **options)


OU = equation()
DENSITY = sc.stationary_density(OU)


def density(sde=OU, low=-inf, high=inf):
    return sc.stationary_density(sde, low, high)


PLANE = sc.models.clark_cameron()
EXPLODING = equation(lambda t, x: math.sinh(x))
CASES = {
    "density sde: a function": wrong_type(
        lambda: density(math.sin), r"sde=<built-in function sin> must be an SDE: SDE\(drift"
    ),
    "density sde: a model of a system": wrong_value(
        lambda: density(PLANE), r"sde=clark_cameron has 2 components.*use paths by solve"
    ),
    "density sde: general noise": wrong_value(
        lambda: density(equation(noise="general")), r"noise='general'.*use noise='diagonal'"
    ),
    "density sde: of a system": wrong_type(
        lambda: density(equation(lambda t, x: (x[1], 0.0))),
        r"drift\(0, 0\) fails: .*subscriptable; stationary_density takes a scalar equation, of one",
    ),
    "density sde: of several numbers": wrong_value(
        lambda: density(equation(b=lambda t, x: (1.0, 2.0))),
        r"diffusion\(0, 0\) returned \(1\.0, 2\.0\): stationary_density takes a scalar equation",
    ),
    "density sde: of an array that is taken apart": wrong_type(
        lambda: density(equation(lambda t, x: np.array([x[1], x[0]]), vectorized=True)),
        r"drift\(0, 0\) fails: .*out of bounds.*; stationary_density takes a scalar equation",
    ),
    "density drift: changes with time": wrong_value(
        lambda: density(equation(lambda t, x: t - x)),
        r"drift changes with time, drift\(0, 0\) = 0 and drift\(0\.3, 0\) = 0\.3: .*paths by solve",
    ),
    "density diffusion: changes with time": wrong_value(
        lambda: density(equation(b=lambda t, x: 1.0 + t)),
        r"diffusion changes with time, diffusion\(0, 0\) = 1 .*paths by solve",
    ),
    "density drift: changes with time away from the middle": wrong_value(
        lambda: density(equation(lambda t, x: -x * (1.0 + t))),
        r"drift changes with time, drift\(0, -[\d.]+\) = .*paths by solve",
    ),
    "density drift: changes with time on one side": wrong_value(
        lambda: density(equation(lambda t, x: -x - t * max(x - 2.0, 0.0))),
        r"drift changes with time, drift\(0, [\d.]+\) = .*paths by solve",
    ),
    "density diffusion: changes with time on a half line": wrong_value(
        lambda: density(equation(lambda t, x: 1.0 - x, lambda t, x: x ** (1.0 + t)), 0.0),
        r"diffusion changes with time, diffusion\(0, [\d.]+\) = .*paths by solve",
    ),
    "density drift: a tuple later": wrong_value(
        lambda: density(equation(lambda t, x: (-x,) if t > 0.5 else -x)),
        r"drift\(1, 0\) returned .*one number",
    ),
    "density drift: fails later": wrong_value(
        lambda: density(equation(lambda t, x: -x / (t - 1.0))), r"drift changes with time|drift\(1,"
    ),
    "density drift: a tuple": wrong_value(
        lambda: density(equation(lambda t, x: (-x,))), r"drift\(0, 0\) returned .*one number x"
    ),
    "density drift: nan somewhere": wrong_value(
        lambda: density(equation(lambda t, x: nan if x > 2.0 else -x)),
        r"drift\(0, [\d.]+\) = nan is not finite: give low= and high=",
    ),
    "density drift: text somewhere": wrong_value(
        lambda: density(equation(lambda t, x: "up" if x > 2.0 else -x)),
        r"drift\(0, [\d.]+\) returned 'up': drift must return one number",
    ),
    "density diffusion: a root of a negative number": wrong_value(
        lambda: density(equation(lambda t, x: 1.0 - x, lambda t, x: math.sqrt(1.0 + x))),
        r"diffusion\(0, -[\d.]+\) fails: ValueError: .*; give low= and high=",
    ),
    "density diffusion: 0 in the middle": wrong_value(
        lambda: density(equation(b=lambda t, x: x)),
        r"diffusion\(0, 0\) = 0: the diffusion is 0 there.*give low= or high= at its zero",
    ),
    "density diffusion: changes its sign": wrong_value(
        lambda: density(equation(b=lambda t, x: x - 0.3)),
        r"diffusion\(0, [\d.]+\) = .*the diffusion is 0 there or close by.*give low= or high=",
    ),
    "density diffusion: touches 0": wrong_value(
        lambda: density(equation(b=lambda t, x: abs(x - 0.3))),
        r"diffusion\(0, 0\.\d+\) = .*the diffusion is 0 there or close by.*give low= or high=",
    ),
    "density drift: oscillates on the whole line": wrong_value(
        lambda: density(equation(lambda t, x: -math.sin(x))),
        r"drift/diffusion\^2 changes too quickly around x=.*: give finite low= and high=",
    ),
    "density drift: oscillates too often where the law is": wrong_value(
        lambda: density(equation(lambda t, x: -math.sin(x) - 1e-6 * x)),
        r"drift/diffusion\^2 changes too quickly around x=.*: give finite low= and high=",
    ),
    "density diffusion: oscillates on the whole line": wrong_value(
        lambda: density(
            equation(lambda t, x: -2.0 * x, lambda t, x: (2.0 + math.sin(x)) * math.hypot(1.0, x))
        ),
        r"changes too quickly around x=.*: give finite low= and high=",
    ),
    "density diffusion: far too small for floats": wrong_value(
        lambda: density(equation(b=lambda t, x: 1e-30)), r"changes too quickly.*scale the equation"
    ),
    "density drift: a law too narrow for its distance": wrong_value(
        lambda: density(sc.models.ou(1.0, 1e9, 1e-4)),
        r"changes too quickly|too narrow for floats around x=1e\+09.*shift and scale the equation",
    ),
    "density low: above high": wrong_value(
        lambda: density(low=1.0, high=-1.0), r"low=1\.0 must be below high=-1\.0: swap them"
    ),
    "density low: equal to high": wrong_value(
        lambda: density(low=1.0, high=1.0), r"low=1\.0 must be below high=1\.0"
    ),
    "density low: nan": wrong_value(lambda: density(low=nan), r"low=nan must be finite"),
    "density high: text": wrong_type(lambda: density(high="1"), r"high='1' must be a real number"),
    "density high: none": wrong_type(lambda: density(high=None), r"high=None must be a real"),
    "density low: inf": wrong_value(lambda: density(low=inf), r"low=inf must be below high=inf"),
    "density low: too close": wrong_value(
        lambda: density(low=1.0, high=1.0 + 1e-12), r"low=1\.0 and high=.*too close.*move one"
    ),
    "density high: too far": wrong_value(
        lambda: density(low=-1.5e308, high=1.5e308), r"high=.*too far from low=.*other units"
    ),
    "density: of motion without walls": wrong_value(
        lambda: density(equation(lambda t, x: 0.0)),
        r"low=-inf leaves a density without a finite integral.*not found; give another low=.* or "
        r"finite low= and high= around the law",
    ),
    "density: pushed to infinity": wrong_value(
        lambda: density(equation(lambda t, x: 1.0), 0.0),
        r"high=inf leaves a density without a finite integral.*give another high=",
    ),
    "density: exploding": wrong_value(
        lambda: density(EXPLODING), r"low=-inf leaves a density without a finite integral"
    ),
    "density: of noise that vanishes at a wall": wrong_value(
        lambda: density(equation(lambda t, x: 0.0, lambda t, x: x), 0.0, 1.0),
        r"low=0\.0 leaves a density without a finite integral.*give another low=",
    ),
    "density lam: as an argument": wrong_type(
        lambda: sc.stationary_density(OU, lam=0.5), r"has no argument lam="
    ),
    "pdf: text": wrong_type(lambda: DENSITY.pdf("a"), r"x has dtype"),
    "pdf: nan": wrong_value(lambda: DENSITY.pdf([0.0, nan]), r"x=\[0\.0, nan\].*give real numbers"),
    "cdf: complex": wrong_type(lambda: DENSITY.cdf(1j), r"x"),
    "expectation: a number": wrong_type(
        lambda: DENSITY.expectation(2.0), r"f=2\.0 must be a function of \(x\)"
    ),
    "expectation: of two": wrong_type(
        lambda: DENSITY.expectation(lambda t, x: x), r"is called as f\(x\): .*a function of \(x\)"
    ),
    "expectation: fails": wrong_value(
        lambda: DENSITY.expectation(math.log), r"f\(-[\d.]+\) fails: .*; give a function with a fin"
    ),
    "expectation: nan": wrong_value(
        lambda: DENSITY.expectation(lambda x: nan), r"f\(.*\) = nan: give a function"
    ),
    "expectation: text": wrong_value(
        lambda: DENSITY.expectation(str), r"f\(.*\) returned '.*': f must return one number"
    ),
    "expectation: of a pole": wrong_value(
        lambda: DENSITY.expectation(lambda x: 1.0 / x),
        r"f is so large, or changes so quickly, around x=-?\d.* that it may have no mean",
    ),
    "expectation: of a pole inside": wrong_value(
        lambda: DENSITY.expectation(lambda x: 1.0 / (x - 0.3)), r"f is so large.* around x=0\.3 "
    ),
    "expectation: of what oscillates": wrong_value(
        lambda: DENSITY.expectation(lambda x: math.cos(1e6 * x)), r"f .*changes so quickly, around"
    ),
    "expectation breaks: outside": wrong_value(
        lambda: sc.stationary_density(OU, 0.0).expectation(abs, breaks=[-1.0]),
        r"breaks=\[-1\.0\] has -1, which is not between low=0 and high=inf: leave it out",
    ),
    "expectation breaks: text": wrong_type(
        lambda: DENSITY.expectation(abs, breaks="a"), r"breaks has dtype"
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_refused_by_name_value_and_remedy(case):
    refused_before_anything_is_compiled(CASES[case])
