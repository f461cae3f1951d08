"""Bad equations: the user's slip is named, with the value, before anything is compiled."""

from __future__ import annotations

import math

import numpy as np
import pytest
from refusals import bad, refused_before_anything_is_compiled

import stochcalc as sc

nan, inf, T, V = math.nan, math.inf, TypeError, ValueError
generator = np.random.default_rng(0)


def drift(t, x):
    return -x


def one(t, x):
    return 1.0


def pair(t, x):
    return x[1], -x[0]


W = sc.brownian(n=4, paths=2, key=1, store=False)
W2 = sc.brownian(n=4, paths=2, dim=2, key=1, store=False)
SDE = sc.SDE(drift, one)
GBM = sc.models.gbm(0.1, 0.2)


def solve(a=drift, b=one, x0=1.0, noise="diagonal", **options):
    return sc.solve(sc.SDE(a, b, noise=noise), x0, **({"T": 1.0, "n": 4} | options))


CASES = {
    # SDE
    "SDE: drift a number": bad(lambda: sc.SDE(3.0, one), T, r"drift=3\.0"),
    "SDE: drift text": bad(lambda: sc.SDE("-x", one), T, r"drift='-x'"),
    "SDE: drift built in": bad(lambda: sc.SDE(math.sin, one), T, r"drift=<built-in function sin>"),
    "SDE: diffusion None": bad(lambda: sc.SDE(drift, None), T, r"diffusion=None"),
    "SDE: noise unknown": bad(lambda: sc.SDE(drift, one, noise="white"), V, r"noise='white'"),
    "SDE: noise a motion": bad(lambda: sc.SDE(drift, one, noise=W), V, r"noise=BrownianPaths"),
    "SDE: lam out of range": bad(lambda: sc.SDE(drift, one, lam=2), V, r"lam=2"),
    "SDE: lam text": bad(lambda: sc.SDE(drift, one, lam="ito"), T, r"lam='ito'"),
    "SDE: args a number": bad(lambda: sc.SDE(drift, one, args=3.0), T, r"args=3\.0.*args=\(3,\)"),
    "SDE: args a list": bad(lambda: sc.SDE(drift, one, args=[1.0]), T, r"args=\[1\.0\]"),
    "SDE: args nan": bad(lambda: sc.SDE(drift, one, args=(1.0, nan)), V, r"args\[1\]=nan"),
    "SDE: args array nan": bad(
        lambda: sc.SDE(drift, one, args=(np.array([1.0, nan]),)), V, r"args\[0\].*nan"
    ),
    "SDE: args text": bad(lambda: sc.SDE(drift, one, args=("a",)), T, r"args\[0\]='a'"),
    "SDE: drift_dx": bad(lambda: sc.SDE(drift, one, drift_dx=-1.0), T, r"drift_dx=-1\.0"),
    "SDE: diffusion_dx": bad(lambda: sc.SDE(drift, one, diffusion_dx=2.0), T, r"diffusion_dx=2\.0"),
    "SDE: diffusion_dx zero": bad(
        lambda: sc.SDE(drift, one, diffusion_dx=0.0), T, r"diffusion_dx=0\.0"
    ),
    "SDE.to: out of range": bad(lambda: SDE.to(1.5), V, r"lam=1\.5"),
    "SDE.to: text": bad(lambda: SDE.to("stratonovich"), T, r"lam='stratonovich'"),
    "SDE.to: no derivative": bad(lambda: SDE.to(0.5), V, r"lam=0 to lam=0\.5 .*diffusion_dx"),
    "SDE.to: kind": bad(
        lambda: sc.SDE(drift, one, noise="general", lam=0.5).to_ito(),
        V,
        r"lam=0\.5 to lam=0 .*'central'",
    ),
    # solve: its own arguments
    "solve: a function": bad(lambda: sc.solve(drift, 1.0, 1.0, n=4), T, r"sde=<function drift"),
    "solve: swapped": bad(lambda: sc.solve(1.0, SDE, 1.0, n=4), T, r"sde=1\.0"),
    "solve: no T": bad(lambda: solve(T=None), V, r"T=None, n=4"),
    "solve: no n": bad(lambda: solve(n=None), V, r"T=1\.0, n=None"),
    "solve: T negative": bad(lambda: solve(T=-1.0), V, r"T=-1"),
    "solve: T nan": bad(lambda: solve(T=nan), V, r"T=nan"),
    "solve: T before t0": bad(lambda: solve(t0=2.0), V, r"T=1 .*t0=2"),
    "solve: n zero": bad(lambda: solve(n=0), V, r"n=0"),
    "solve: n a step size": bad(lambda: solve(n=0.01), T, r"n=0\.01"),
    "solve: paths": bad(lambda: solve(paths=0), V, r"paths=0"),
    "solve: paths a float": bad(lambda: solve(paths=1e3), T, r"paths=1000\.0.*write paths=1000"),
    "solve: method unknown": bad(
        lambda: solve(method="euler"), V, r"method='euler'.*'euler_maruyama'"
    ),
    "solve: method a function": bad(lambda: solve(method=drift), V, r"method=<function drift"),
    "solve: save unknown": bad(lambda: solve(save="some"), V, r"save='some'.*'stats'"),
    "solve: save outside": bad(lambda: solve(save=[0.5, 2.0]), V, r"save=2 .*\[0, 1\]"),
    "solve: save falling": bad(lambda: solve(save=[0.5, 0.25]), V, r"save\[1\]=0\.25"),
    "solve: save nan": bad(lambda: solve(save=[nan]), V, r"save\[0\]=nan"),
    "solve: save None": bad(lambda: solve(save=None), T, r"save .*None|save=None"),
    "solve: save off the motion's grid": bad(
        lambda: sc.solve(SDE, 1.0, noise=W, save=[0.3]), V, r"save=0\.3"
    ),
    "solve: on_nonfinite": bad(lambda: solve(on_nonfinite="ignore"), V, r"on_nonfinite='ignore'"),
    "solve: noise an array": bad(lambda: sc.solve(SDE, 1.0, noise=np.zeros(5)), T, r"noise=array"),
    "solve: noise and T": bad(lambda: sc.solve(SDE, 1.0, 1.0, noise=W), V, r"noise=.*T=1\.0"),
    "solve: noise and n": bad(lambda: sc.solve(SDE, 1.0, n=4, noise=W), V, r"noise=.*n=4"),
    "solve: noise and paths": bad(lambda: sc.solve(SDE, 1.0, noise=W, paths=7), V, r"paths=7"),
    "solve: noise and t0": bad(lambda: sc.solve(SDE, 1.0, noise=W, t0=0.5), V, r"t0=0\.5"),
    "solve: noise and rng": bad(lambda: sc.solve(SDE, 1.0, noise=W, rng=1), V, r"noise=.*rng=1"),
    "solve: noise's size": bad(
        lambda: sc.solve(SDE, 1.0, noise=W2), V, r"noise has dim=2 .*needs 1"
    ),
    "solve: rng negative": bad(lambda: solve(rng=-1), V, r"rng=-1"),
    "solve: key": bad(lambda: solve(key=2**64), V, r"key=18446744073709551616"),
    "solve: workers": bad(lambda: solve(workers=0), V, r"workers=0"),
    "solve: executor": bad(lambda: solve(executor="pool"), T, r"executor='pool'"),
    "solve: memory": bad(
        lambda: solve(n=10**6, paths=10**9), V, r"solution .*bytes.*save=\"stats\""
    ),
    "solve: x0 text": bad(lambda: solve(x0="a"), T, r"x0 .*U1"),
    "solve: x0 nan": bad(lambda: solve(x0=nan), V, r"x0\[0\]=nan"),
    "solve: x0 empty": bad(lambda: solve(x0=[]), V, r"x0 .*\(0,\)"),
    "solve: x0 a table": bad(lambda: solve(x0=np.ones((2, 3))), V, r"x0 has shape \(2, 3\)"),
    "solve: starts": bad(lambda: solve(starts="yes"), T, r"starts='yes'"),
    "solve: too few starts": bad(
        lambda: solve(x0=[1.0, 2.0], starts=True, paths=3), V, r"x0 has shape \(2,\).*\(3,\)"
    ),
    # solve: what the functions do
    "drift: list": bad(
        lambda: solve(lambda t, x: [x[1], x[0]], pair, [1.0, 2.0]),
        V,
        r"drift\(.*returned \[2\.0, 1\.0\].*tuple",
    ),
    "drift: array": bad(
        lambda: solve(lambda t, x: np.ones(2), pair, [1.0, 2.0]),
        V,
        r"drift\(.*returned array.*tuple",
    ),
    "drift: too long": bad(
        lambda: solve(lambda t, x: (1.0, 1.0, 1.0), pair, [1.0, 2.0]),
        V,
        r"drift\(.*returned 3 values.*2",
    ),
    "drift: tuple for a number": bad(
        lambda: solve(lambda t, x: (x,)), V, r"drift\(0, 1\) returned \(1\.0,\)"
    ),
    "drift: number for a system": bad(
        lambda: solve(one, pair, [1.0, 2.0]), V, r"drift\(.*returned 1"
    ),
    "drift: None": bad(lambda: solve(lambda t, x: None), V, r"drift\(0, 1\) returned None"),
    "drift: bool": bad(lambda: solve(lambda t, x: x > 0), V, r"drift\(0, 1\) returned True"),
    "drift: complex": bad(lambda: solve(lambda t, x: 1j * x), V, r"drift\(0, 1\) returned 1j"),
    "drift: swapped": bad(lambda: solve(lambda x, t: -x), V, r"drift\(x, t\).*swapped"),
    "drift: one argument": bad(
        lambda: solve(lambda x: -x), T, r"drift\(x\) is called as drift\(t, x"
    ),
    "drift: too many arguments": bad(
        lambda: solve(lambda t, x, k: -k * x), T, r"drift\(t, x, k\) .*0 extra"
    ),
    "drift: random": bad(
        lambda: solve(lambda t, x: generator.normal()), V, r"drift\(0, 1\) returned .*pure"
    ),
    "drift: infinite at the start": bad(
        lambda: solve(lambda t, x: inf * x), V, r"drift\(0, 1\) = inf"
    ),
    "drift: nan at the start": bad(
        lambda: solve(lambda t, x: (nan, 1.0), pair, [1.0, 2.0]), V, r"drift\(.*nan.*not finite"
    ),
    "diffusion: random": bad(
        lambda: solve(b=lambda t, x: generator.normal()), V, r"diffusion\(0, 1\) returned .*pure"
    ),
    "diffusion: nan": bad(lambda: solve(b=lambda t, x: nan), V, r"diffusion\(0, 1\) = nan"),
    "diffusion: short": bad(
        lambda: solve(pair, lambda t, x: (1.0,), [1.0, 2.0]),
        V,
        r"diffusion\(.*returned 1 values.*2",
    ),
    "diffusion: no rows": bad(
        lambda: solve(pair, pair, [1.0, 2.0], "general"),
        V,
        r"diffusion\(.*returned 2 inside .*rows",
    ),
    "diffusion: ragged": bad(
        lambda: solve(pair, lambda t, x: ((1.0, 2.0), (1.0,)), [1.0, 2.0], "general"),
        V,
        r"diffusion\(.*returned \(1\.0,\) inside its tuple",
    ),
    "diffusion: rows without need": bad(
        lambda: solve(pair, lambda t, x: ((1.0,), (1.0,)), [1.0, 2.0]),
        V,
        r"diffusion returns rows .*noise='diagonal'.*noise='general'",
    ),
    "diffusion: additive on x": bad(
        lambda: solve(b=lambda t, x: x, noise="additive"), V, r"diffusion.*additive"
    ),
    "general noise for a number": bad(lambda: solve(noise="general"), V, r"noise='general'.*x0=1"),
    "a scalar model with two starts": bad(
        lambda: sc.solve(GBM, [1.0, 2.0], 1.0, n=4), (T, V), r"(drift|x0).*\[?\(?1\.0, 2\.0"
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_bad_equation_is_refused_by_name_and_value_before_anything_is_compiled(case):
    refused_before_anything_is_compiled(CASES[case])


def test_a_slip_inside_the_drift_is_the_users_own_traceback():
    with pytest.raises(NameError, match="sigmaa"):
        solve(lambda t, x: sigmaa * x)  # noqa: F821
    with pytest.raises(ZeroDivisionError):
        solve(lambda t, x: 1.0 / (x - 1.0))
