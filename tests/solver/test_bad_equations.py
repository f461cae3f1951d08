"""Bad equations: the user's slip is named, with the value, before anything is compiled or computed."""

from __future__ import annotations

import math

import numpy as np
import pytest

import stochcalc as sc
from stochcalc.engine.compiler.pointers import compilations

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
HUGE = sc.brownian(n=10**7, paths=10**7, key=1, store=False)
SDE, GBM, OU = sc.SDE(drift, one), sc.models.gbm(0.1, 0.2), sc.models.ou(2.0, 0.5, 1.0)


def solve(a=drift, b=one, x0=1.0, noise="diagonal", **options):
    return sc.solve(sc.SDE(a, b, noise=noise), x0, **({"T": 1.0, "n": 4} | options))


def w_itself(t, w):
    return w


def sine(t, w):
    return math.sin(w)


CASES = {
    # SDE
    "SDE: drift a number": (lambda: sc.SDE(3.0, one), T, r"drift=3\.0"),
    "SDE: drift text": (lambda: sc.SDE("-x", one), T, r"drift='-x'"),
    "SDE: drift built in": (lambda: sc.SDE(math.sin, one), T, r"drift=<built-in function sin>"),
    "SDE: diffusion None": (lambda: sc.SDE(drift, None), T, r"diffusion=None"),
    "SDE: noise unknown": (lambda: sc.SDE(drift, one, noise="white"), V, r"noise='white'"),
    "SDE: noise a motion": (lambda: sc.SDE(drift, one, noise=W), V, r"noise=BrownianPaths"),
    "SDE: lam out of range": (lambda: sc.SDE(drift, one, lam=2), V, r"lam=2"),
    "SDE: lam text": (lambda: sc.SDE(drift, one, lam="ito"), T, r"lam='ito'"),
    "SDE: args a number": (lambda: sc.SDE(drift, one, args=3.0), T, r"args=3\.0.*args=\(3,\)"),
    "SDE: args a list": (lambda: sc.SDE(drift, one, args=[1.0]), T, r"args=\[1\.0\]"),
    "SDE: args nan": (lambda: sc.SDE(drift, one, args=(1.0, nan)), V, r"args\[1\]=nan"),
    "SDE: args array nan": (
        lambda: sc.SDE(drift, one, args=(np.array([1.0, nan]),)),
        V,
        r"args\[0\].*nan",
    ),
    "SDE: args text": (lambda: sc.SDE(drift, one, args=("a",)), T, r"args\[0\]='a'"),
    "SDE: drift_dx": (lambda: sc.SDE(drift, one, drift_dx=-1.0), T, r"drift_dx=-1\.0"),
    "SDE: diffusion_dx": (lambda: sc.SDE(drift, one, diffusion_dx=2.0), T, r"diffusion_dx=2\.0"),
    "SDE: diffusion_dx zero": (
        lambda: sc.SDE(drift, one, diffusion_dx=0.0),
        T,
        r"diffusion_dx=0\.0",
    ),
    "SDE.to: out of range": (lambda: SDE.to(1.5), V, r"lam=1\.5"),
    "SDE.to: text": (lambda: SDE.to("stratonovich"), T, r"lam='stratonovich'"),
    "SDE.to: no derivative": (lambda: SDE.to(0.5), V, r"lam=0 to lam=0\.5 .*diffusion_dx"),
    "SDE.to: kind": (
        lambda: sc.SDE(drift, one, noise="general", lam=0.5).to_ito(),
        V,
        r"lam=0\.5 to lam=0 .*'central'",
    ),
    # solve: its own arguments
    "solve: a function": (lambda: sc.solve(drift, 1.0, 1.0, n=4), T, r"sde=<function drift"),
    "solve: swapped": (lambda: sc.solve(1.0, SDE, 1.0, n=4), T, r"sde=1\.0"),
    "solve: no T": (lambda: solve(T=None), V, r"T=None, n=4"),
    "solve: no n": (lambda: solve(n=None), V, r"T=1\.0, n=None"),
    "solve: T negative": (lambda: solve(T=-1.0), V, r"T=-1"),
    "solve: T nan": (lambda: solve(T=nan), V, r"T=nan"),
    "solve: T before t0": (lambda: solve(t0=2.0), V, r"T=1 .*t0=2"),
    "solve: n zero": (lambda: solve(n=0), V, r"n=0"),
    "solve: n a step size": (lambda: solve(n=0.01), T, r"n=0\.01"),
    "solve: paths": (lambda: solve(paths=0), V, r"paths=0"),
    "solve: paths a float": (lambda: solve(paths=1e3), T, r"paths=1000\.0.*write paths=1000"),
    "solve: method unknown": (
        lambda: solve(method="euler"),
        V,
        r"method='euler'.*'euler_maruyama'",
    ),
    "solve: method a function": (lambda: solve(method=drift), V, r"method=<function drift"),
    "solve: save unknown": (lambda: solve(save="some"), V, r"save='some'.*'stats'"),
    "solve: save outside": (lambda: solve(save=[0.5, 2.0]), V, r"save=2 .*\[0, 1\]"),
    "solve: save falling": (lambda: solve(save=[0.5, 0.25]), V, r"save\[1\]=0\.25"),
    "solve: save nan": (lambda: solve(save=[nan]), V, r"save\[0\]=nan"),
    "solve: save None": (lambda: solve(save=None), T, r"save .*None|save=None"),
    "solve: save off the motion's grid": (
        lambda: sc.solve(SDE, 1.0, noise=W, save=[0.3]),
        V,
        r"save=0\.3",
    ),
    "solve: on_nonfinite": (lambda: solve(on_nonfinite="ignore"), V, r"on_nonfinite='ignore'"),
    "solve: noise an array": (lambda: sc.solve(SDE, 1.0, noise=np.zeros(5)), T, r"noise=array"),
    "solve: noise and T": (lambda: sc.solve(SDE, 1.0, 1.0, noise=W), V, r"noise=.*T=1\.0"),
    "solve: noise and n": (lambda: sc.solve(SDE, 1.0, n=4, noise=W), V, r"noise=.*n=4"),
    "solve: noise and paths": (lambda: sc.solve(SDE, 1.0, noise=W, paths=7), V, r"paths=7"),
    "solve: noise and t0": (lambda: sc.solve(SDE, 1.0, noise=W, t0=0.5), V, r"t0=0\.5"),
    "solve: noise and rng": (lambda: sc.solve(SDE, 1.0, noise=W, rng=1), V, r"noise=.*rng=1"),
    "solve: noise's size": (lambda: sc.solve(SDE, 1.0, noise=W2), V, r"noise has dim=2 .*needs 1"),
    "solve: rng negative": (lambda: solve(rng=-1), V, r"rng=-1"),
    "solve: key": (lambda: solve(key=2**64), V, r"key=18446744073709551616"),
    "solve: workers": (lambda: solve(workers=0), V, r"workers=0"),
    "solve: executor": (lambda: solve(executor="pool"), T, r"executor='pool'"),
    "solve: memory": (lambda: solve(n=10**6, paths=10**9), V, r"solution .*bytes.*save=\"stats\""),
    "solve: x0 text": (lambda: solve(x0="a"), T, r"x0 .*U1"),
    "solve: x0 nan": (lambda: solve(x0=nan), V, r"x0\[0\]=nan"),
    "solve: x0 empty": (lambda: solve(x0=[]), V, r"x0 .*\(0,\)"),
    "solve: x0 a table": (lambda: solve(x0=np.ones((2, 3))), V, r"x0 has shape \(2, 3\)"),
    "solve: starts": (lambda: solve(starts="yes"), T, r"starts='yes'"),
    "solve: too few starts": (
        lambda: solve(x0=[1.0, 2.0], starts=True, paths=3),
        V,
        r"x0 has shape \(2,\).*\(3,\)",
    ),
    # solve: what the functions do
    "drift: list": (
        lambda: solve(lambda t, x: [x[1], x[0]], pair, [1.0, 2.0]),
        V,
        r"drift\(.*returned \[2\.0, 1\.0\].*tuple",
    ),
    "drift: array": (
        lambda: solve(lambda t, x: np.ones(2), pair, [1.0, 2.0]),
        V,
        r"drift\(.*returned array.*tuple",
    ),
    "drift: too long": (
        lambda: solve(lambda t, x: (1.0, 1.0, 1.0), pair, [1.0, 2.0]),
        V,
        r"drift\(.*returned 3 values.*2",
    ),
    "drift: tuple for a number": (
        lambda: solve(lambda t, x: (x,)),
        V,
        r"drift\(0, 1\) returned \(1\.0,\)",
    ),
    "drift: number for a system": (lambda: solve(one, pair, [1.0, 2.0]), V, r"drift\(.*returned 1"),
    "drift: None": (lambda: solve(lambda t, x: None), V, r"drift\(0, 1\) returned None"),
    "drift: bool": (lambda: solve(lambda t, x: x > 0), V, r"drift\(0, 1\) returned True"),
    "drift: complex": (lambda: solve(lambda t, x: 1j * x), V, r"drift\(0, 1\) returned 1j"),
    "drift: swapped": (lambda: solve(lambda x, t: -x), V, r"drift\(x, t\).*swapped"),
    "drift: one argument": (lambda: solve(lambda x: -x), T, r"drift\(x\) is called as drift\(t, x"),
    "drift: too many arguments": (
        lambda: solve(lambda t, x, k: -k * x),
        T,
        r"drift\(t, x, k\) .*0 extra",
    ),
    "drift: random": (
        lambda: solve(lambda t, x: generator.normal()),
        V,
        r"drift\(0, 1\) returned .*pure",
    ),
    "drift: infinite at the start": (
        lambda: solve(lambda t, x: inf * x),
        V,
        r"drift\(0, 1\) = inf",
    ),
    "drift: nan at the start": (
        lambda: solve(lambda t, x: (nan, 1.0), pair, [1.0, 2.0]),
        V,
        r"drift\(.*nan.*not finite",
    ),
    "diffusion: random": (
        lambda: solve(b=lambda t, x: generator.normal()),
        V,
        r"diffusion\(0, 1\) returned .*pure",
    ),
    "diffusion: nan": (lambda: solve(b=lambda t, x: nan), V, r"diffusion\(0, 1\) = nan"),
    "diffusion: short": (
        lambda: solve(pair, lambda t, x: (1.0,), [1.0, 2.0]),
        V,
        r"diffusion\(.*returned 1 values.*2",
    ),
    "diffusion: no rows": (
        lambda: solve(pair, pair, [1.0, 2.0], "general"),
        V,
        r"diffusion\(.*returned 2 inside .*rows",
    ),
    "diffusion: ragged": (
        lambda: solve(pair, lambda t, x: ((1.0, 2.0), (1.0,)), [1.0, 2.0], "general"),
        V,
        r"diffusion\(.*returned \(1\.0,\) inside its tuple",
    ),
    "diffusion: rows without need": (
        lambda: solve(pair, lambda t, x: ((1.0,), (1.0,)), [1.0, 2.0]),
        V,
        r"diffusion returns rows .*noise='diagonal'.*noise='general'",
    ),
    "diffusion: additive on x": (
        lambda: solve(b=lambda t, x: x, noise="additive"),
        V,
        r"diffusion.*additive",
    ),
    "general noise for a number": (lambda: solve(noise="general"), V, r"noise='general'.*x0=1"),
    "a scalar model with two starts": (
        lambda: sc.solve(GBM, [1.0, 2.0], 1.0, n=4),
        (T, V),
        r"(drift|x0).*\[?\(?1\.0, 2\.0",
    ),
    # models
    "gbm: mu": (lambda: sc.models.gbm("a", 0.2), T, r"mu='a'"),
    "gbm: mu nan": (lambda: sc.models.gbm(nan, 0.2), V, r"mu=nan"),
    "gbm: sigma": (lambda: sc.models.gbm(0.1, -0.2), V, r"sigma=-0\.2"),
    "ou: theta": (lambda: sc.models.ou(0.0, 0.5, 1.0), V, r"theta=0"),
    "ou: mu": (lambda: sc.models.ou(1.0, inf, 1.0), V, r"mu=inf"),
    "ou: sigma": (lambda: sc.models.ou(1.0, 0.0, [1.0]), T, r"sigma=\[1\.0\]"),
    "exact: W": (lambda: GBM.exact(np.zeros(3)), T, r"W=array"),
    "exact: two components": (lambda: GBM.exact(W2), V, r"W has dim=2"),
    "exact: x0": (lambda: GBM.exact(W, x0="a"), T, r"x0='a'"),
    "exact: OU on a refinement": (lambda: OU.exact(W.refine(2)), V, r"ou .*W was refined"),
    "exact: memory": (lambda: GBM.exact(HUGE), V, r"exact path .*bytes.*fewer"),
    "mean: t": (lambda: GBM.mean([0.0, -1.0]), V, r"t=\[0\.0, -1\.0\]"),
    "var: t": (lambda: GBM.var(nan), V, r"t\[0\]=nan"),
    "mean: x0": (lambda: GBM.mean(1.0, x0=nan), V, r"x0=nan"),
    # convergence studies
    "integral: lam": (lambda: sc.integral_convergence(w_itself, lam=(0.0, 2.0)), V, r"lam=.*2\.0"),
    "integral: lam text": (
        lambda: sc.integral_convergence(w_itself, lam="ito"),
        (T, V),
        r"lam.*'ito'",
    ),
    "integral: at": (lambda: sc.integral_convergence(w_itself, at="x"), V, r"at='x'"),
    "integral: T": (lambda: sc.integral_convergence(w_itself, 0.0), V, r"T=0"),
    "integral: one level": (
        lambda: sc.integral_convergence(w_itself, levels=[3]),
        V,
        r"levels=\[3\]",
    ),
    "integral: falling levels": (
        lambda: sc.integral_convergence(w_itself, levels=[4, 3]),
        V,
        r"levels=\[4, 3\]",
    ),
    "integral: step numbers": (
        lambda: sc.integral_convergence(w_itself, levels=[16, 64]),
        V,
        r"levels=\[16, 64\] has 64.*exponents",
    ),
    "integral: a number for levels": (
        lambda: sc.integral_convergence(w_itself, levels=5),
        (T, V),
        r"levels=5",
    ),
    "integral: levels of floats": (
        lambda: sc.integral_convergence(w_itself, levels=[2.5, 4]),
        T,
        r"levels=2\.5",
    ),
    "integral: few paths": (
        lambda: sc.integral_convergence(w_itself, paths=100),
        V,
        r"paths.*2048",
    ),
    "integral: no limit": (lambda: sc.integral_convergence(sine), V, r"limit=None"),
    "integral: half a limit": (
        lambda: sc.integral_convergence(sine, limit=(lambda w: w,)),
        (T, V),
        r"limit=\(<function",
    ),
    "integral: a function for the limit": (
        lambda: sc.integral_convergence(sine, limit=sine),
        (T, V),
        r"limit=<function",
    ),
    "integral: numbers for the limit": (
        lambda: sc.integral_convergence(sine, limit=(1.0, 2.0)),
        T,
        r"limit\[0\]=1\.0",
    ),
    "integral: f swapped": (
        lambda: sc.integral_convergence(lambda w, t: w),
        V,
        r"f\(w, t\).*swapped",
    ),
    "integral: f a number": (lambda: sc.integral_convergence(2.0), T, r"f=2\.0"),
    "variation: p": (lambda: sc.variation_convergence(p=0), V, r"p=0"),
    "variation: T": (lambda: sc.variation_convergence(nan), V, r"T=nan"),
    "variation: paths": (lambda: sc.variation_convergence(paths=2e4), T, r"paths=20000\.0"),
    "strong: a function": (
        lambda: sc.strong_convergence(drift, 1.0, 1.0),
        T,
        r"sde=<function drift",
    ),
    "strong: method": (
        lambda: sc.strong_convergence(GBM, 1.0, 1.0, methods="euler"),
        V,
        r"methods='euler'",
    ),
    "strong: methods in a list": (
        lambda: sc.strong_convergence(GBM, 1.0, 1.0, methods=[1]),
        V,
        r"methods=1",
    ),
    "strong: no method": (
        lambda: sc.strong_convergence(GBM, 1.0, 1.0, methods=[]),
        V,
        r"methods=\[\]",
    ),
    "strong: reference": (
        lambda: sc.strong_convergence(GBM, 1.0, 1.0, reference="best"),
        V,
        r"reference='best'",
    ),
    "strong: no exact path": (
        lambda: sc.strong_convergence(SDE, 1.0, 1.0, reference="exact"),
        V,
        r"reference='exact'",
    ),
    "strong: T": (lambda: sc.strong_convergence(GBM, 1.0, -1.0), V, r"T=-1"),
    "strong: x0": (lambda: sc.strong_convergence(GBM, nan, 1.0), V, r"x0\[0\]=nan"),
    "strong: few paths": (
        lambda: sc.strong_convergence(GBM, 1.0, 1.0, paths=500),
        V,
        r"paths.*2048",
    ),
    "strong: levels": (
        lambda: sc.strong_convergence(GBM, 1.0, 1.0, levels=(4, 31)),
        V,
        r"levels=\[4, 31\] has 31",
    ),
    "strong: rng and key": (
        lambda: sc.strong_convergence(GBM, 1.0, 1.0, rng=1, key=2),
        V,
        r"rng=1.*key=2",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_bad_equation_is_refused_by_name_and_value_before_anything_is_compiled(case):
    call, kind, pattern = CASES[case]
    before = compilations()
    with pytest.raises(kind, match=pattern) as caught:
        call()
    assert caught.type in (TypeError, ValueError)
    assert compilations() <= before
    assert len(str(caught.value)) < 400


def test_a_slip_inside_the_drift_is_the_users_own_traceback():
    with pytest.raises(NameError, match="sigmaa"):
        solve(lambda t, x: sigmaa * x)  # noqa: F821
    with pytest.raises(ZeroDivisionError):
        solve(lambda t, x: 1.0 / (x - 1.0))
