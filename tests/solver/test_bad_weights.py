"""Weights that `solve` refuses, and questions that a solution without them refuses."""

from __future__ import annotations

import numpy as np
import pytest
from refusals import refused, refused_before_anything_is_compiled, wrong_type, wrong_value
from small_equations import drift, one, pair, solve_number, solve_pair

import stochcalc as sc


def same(t, x):
    return x


def pair_rows(t, x):
    return np.stack((x[1], -x[0]))


def three(t, x):
    return ((1.0, 0.0, 0.5), (0.0, 1.0, 0.5))


def solve_rows(**options):
    return solve_pair(same, a=pair_rows, vectorized=True, **options)


W2 = sc.brownian(n=4, paths=3, dim=2, correlation=[[1.0, 0.5], [0.5, 1.0]], key=1)
N = sc.poisson(2.0, n=4, paths=3, key=1)

BAD = {
    "girsanov: a constant for two noises": wrong_type(
        lambda: solve_pair(same, girsanov=2.0), r"girsanov=2\.0 must be a tuple of 2 numbers"
    ),
    "girsanov: three constants for two noises": wrong_value(
        lambda: solve_pair(same, girsanov=(1.0, 2.0, 3.0)),
        r"girsanov=\(1\.0, 2\.0, 3\.0\) has 3 numbers, and the equation 2 components of dW",
    ),
    "girsanov: nan everywhere": wrong_value(
        lambda: solve_number(girsanov=float("nan")), r"girsanov=nan must be finite"
    ),
    "girsanov: a default beside parameters": wrong_value(
        lambda: sc.solve(sc.models.ou(2.0, 0.5, 1.0), 1.0, n=4, girsanov=lambda t, x, k=0.5: k),
        r"girsanov\(t, x, k=0\.5\) is called as girsanov\(t, x, \*args\), .* the place of k: write",
    ),
    "stop: a default beside parameters": wrong_value(
        lambda: sc.solve(sc.models.ou(2.0, 0.5, 1.0), 1.0, n=4, stop=lambda t, x, top=9.0: x > top),
        r"stop\(t, x, top=9\.0\) is called as .* would take the place of top",
    ),
    "an error to reach": wrong_value(
        lambda: solve_number(killing=0.5, target_stderr=0.1),
        r"target_stderr=0\.1 looks at the error of the mean without weights, and killing= weighs",
    ),
    "girsanov: a ufunc": wrong_type(
        lambda: solve_number(girsanov=np.sin), r"girsanov=<ufunc 'sin'> must be a Python func"
    ),
    "girsanov: of one argument": wrong_type(
        lambda: solve_number(girsanov=lambda x: -x),
        r"girsanov\(x\) is called as girsanov\(t, x, \*args\)",
    ),
    "girsanov: swapped": wrong_value(
        lambda: solve_pair(same, girsanov=lambda x, t: (x[0], 0.0)),
        r"girsanov\(x, t\) has its arguments swapped",
    ),
    "girsanov: fails": wrong_value(
        lambda: solve_number(girsanov=lambda t, x: 1.0 / t),
        r"girsanov\(0, 1\) fails at the start: ZeroDivisionError.*change the function",
    ),
    "girsanov: nan": wrong_value(
        lambda: solve_number(girsanov=lambda t, x: float("nan")), r"girsanov\(0, 1\) .*nan"
    ),
    "girsanov: random": wrong_value(
        lambda: solve_number(girsanov=lambda t, x: np.random.default_rng().normal()),
        r"girsanov\(0, 1\) returned .*must be a pure function, without random numbers",
    ),
    "girsanov: a text": wrong_value(
        lambda: solve_number(girsanov=lambda t, x: "fast"), r"girsanov\(0, 1\) returned 'fast'"
    ),
    "girsanov: a tuple for a number": wrong_value(
        lambda: solve_number(girsanov=lambda t, x: (x, x)),
        r"girsanov\(0, 1\) returned \(1\.0, 1\.0\): girsanov must return one number",
    ),
    "girsanov: a number for two noises": wrong_value(
        lambda: solve_pair(same, girsanov=lambda t, x: x[0]),
        r"girsanov\(0, \(1\.0, 2\.0\)\) returned 1: girsanov must return a tuple of 2",
    ),
    "girsanov: one for each component, and three noises": wrong_value(
        lambda: solve_pair(three, noise="general", girsanov=same),
        r"girsanov.* returned 2 values: girsanov must return a tuple of 3 numbers",
    ),
    "girsanov: two for one noise": wrong_value(
        lambda: solve_pair(same, noise="scalar", girsanov=same),
        r"girsanov.* returned \(1\.0, 2\.0\): girsanov must return one number",
    ),
    "killing: a flag": wrong_type(lambda: solve_number(killing=True), r"killing=True must be"),
    "killing: infinite everywhere": wrong_value(
        lambda: solve_number(killing=float("inf")), r"killing=inf must be finite"
    ),
    "killing: a tuple": wrong_value(
        lambda: solve_pair(same, killing=same),
        r"killing.* returned \(1\.0, 2\.0\): killing must return one number",
    ),
    "killing: nothing": wrong_value(
        lambda: solve_number(killing=lambda t, x: None), r"killing\(0, 1\) returned None"
    ),
    "killing: infinite": wrong_value(
        lambda: solve_number(killing=lambda t, x: float("inf")), r"killing\(0, 1\) .*inf"
    ),
    "killing: a name": wrong_type(
        lambda: solve_number(killing="rate"), r"killing='rate' must be a number or a func"
    ),
    "with stop": wrong_value(
        lambda: solve_number(killing=lambda t, x: x * x, stop=lambda t, x: x > 9.0),
        r"killing=.* and stop= were both given.*leave one out",
    ),
    "with stop, girsanov": wrong_value(
        lambda: solve_number(girsanov=lambda t, x: x, stop=lambda t, x: x > 9.0),
        r"girsanov=.* and stop= were both given.*leave one out",
    ),
    "of a process": wrong_value(
        lambda: sc.solve(sc.SDE(drift, one), 1.0, noise=N, girsanov=lambda t, x: x),
        r"girsanov= changes the drift of Brownian motion, and noise= has another.*brownian",
    ),
    "of correlated noise": wrong_value(
        lambda: sc.solve(sc.SDE(pair, same), (1.0, 2.0), noise=W2, girsanov=same),
        r"girsanov= changes the drift .*independent components.*into the diffusion",
    ),
    "arrays: one row for two noises": wrong_value(
        lambda: solve_rows(girsanov=lambda t, x: x[:1]),
        r"girsanov returned .* for x of shape \(2, 3\): return an array of 2 rows",
    ),
    "arrays: a number for two noises": wrong_value(
        lambda: solve_rows(girsanov=lambda t, x: 1.0), r"girsanov returned 1 .* 2 rows"
    ),
    "arrays: the mean of all paths": wrong_value(
        lambda: solve_rows(girsanov=lambda t, x: (x[0], x[1].mean() + 0 * x[0])),
        r"girsanov gives another value for a path when it is called with others",
    ),
    "arrays: x changed in place": wrong_value(
        lambda: solve_rows(killing=lambda t, x: x.__imul__(2.0)[0]),
        r"killing changes x in place: work on a copy",
    ),
    "arrays: rows for a rate": wrong_value(
        lambda: solve_rows(killing=same), r"killing returned .* an array of one number for each"
    ),
    "arrays: not finite": wrong_value(
        lambda: solve_rows(killing=lambda t, x: x[0] * np.inf),
        r"killing\(0, x\) is not finite at the start, x0=\[1\.0, 2\.0\]: change",
    ),
    "arrays: fails": wrong_value(
        lambda: solve_rows(killing=lambda t, x: np.linalg.inv(np.zeros((2, 2)))[0, 0]),
        r"killing\(t, x\) with t=0.*LinAlgError",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_weight_is_refused_before_anything_is_compiled(name):
    refused_before_anything_is_compiled(BAD[name])


def weighed(save="last"):
    return solve_number(paths=300, save=save, rng=1, girsanov=lambda t, x: x)


UNASKED = {
    "log_weight without": wrong_value(
        lambda: solve_number().log_weight, r"log_weight needs a run with weights: .*girsanov=u"
    ),
    "weighted_mean without": wrong_value(
        lambda: solve_number().weighted_mean(), r"weighted_mean needs a run with weights"
    ),
    "weight_moments without": wrong_value(
        lambda: solve_number().weight_moments, r"weight_moments needs a run .*killing=V"
    ),
    "weighted_moments without": wrong_value(
        lambda: solve_number().weighted_moments, r"weighted_moments needs a run .*killing=V"
    ),
    "effective_sample_size without": wrong_value(
        lambda: solve_number().effective_sample_size, r"needs a run with weights"
    ),
    "log_weight of statistics": wrong_value(
        lambda: weighed("stats").log_weight, r'log_weight needs the paths, and save="stats".*last'
    ),
    "f of statistics": wrong_value(
        lambda: weighed("stats").weighted_mean(lambda x: x), r"weighted_mean\(f=.*needs the paths"
    ),
    "normalized of statistics": wrong_value(
        lambda: weighed("stats").weighted_mean(normalized=True),
        r"normalized=True\) needs the paths",
    ),
    "f of no value": wrong_value(
        lambda: weighed().weighted_mean(lambda x: 1.0), r"f returned an array of shape \(\) for 300"
    ),
    "f of the mean": wrong_value(
        lambda: weighed().weighted_mean(lambda x: x[:7]), r"f returned an array of shape \(7,\)"
    ),
    "no function": wrong_type(
        lambda: weighed().weighted_mean(2.0), r"f=2\.0 must be a function of the states"
    ),
    "normalized: a text": wrong_type(
        lambda: weighed().weighted_mean(normalized="yes"), r"normalized='yes' must be True or False"
    ),
}


@pytest.mark.parametrize("name", UNASKED)
def test_a_solution_says_what_it_has_no_weights_for(name):
    refused(UNASKED[name])
