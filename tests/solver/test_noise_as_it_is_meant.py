"""What could be meant otherwise is said: shared random numbers, views, weights in pictures."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

import stochcalc as sc

LINEAR = sc.SDE(lambda t, x: 0.0, lambda t, x: x)
PAIR = sc.SDE(lambda t, x: (0.0, 0.0), lambda t, x: ((1.0, 0.0), (0.0, 1.0)), noise="general")
CALL = {"n": 8, "paths": 300, "rng": 1}


def draw(rate, rng):
    return sc.poisson(rate, n=8, paths=300, rng=rng)


def test_two_processes_of_one_kind_and_key_are_not_independent_and_that_is_said():
    with pytest.warns(RuntimeWarning, match=r"noise\[1\] is of the kind Poisson.*another rng="):
        sc.solve(PAIR, (0.0, 0.0), noise=(draw(2.0, 1), draw(3.0, 1)))
    with pytest.warns(RuntimeWarning, match=r"noise\[1\] is of the kind PoissonPaths"):
        sc.solve(PAIR, (0.0, 0.0), noise=(draw(2.0, 1).integral(), draw(3.0, 1)))


def test_independent_processes_and_those_meant_as_they_are_give_no_warning():
    N = draw(2.0, 1)
    W = sc.brownian(n=8, paths=300, rng=1)
    for noise in ((N, draw(2.0, 2)), (N, N), (N, N.integral()), (W, N)):
        assert sc.solve(PAIR, (0.0, 0.0), noise=noise).nonfinite == 0


def test_arguments_beside_noise_are_named_as_they_were_given():
    W = sc.brownian(n=8, rng=1)
    for given, named in (
        ({"rng": 3}, "leave rng=3 out"),
        ({"n": 8}, "leave n=8 out"),
        ({"T": 1.0, "n": 8}, "leave T=1.0 and n=8 out"),
    ):
        with pytest.raises(ValueError, match=named):
            sc.solve(LINEAR, 1.0, noise=W, **given)


def test_a_scheme_of_stratonovich_reads_a_process_with_its_own_lambda():
    N = draw(2.0, 1)
    with pytest.raises(ValueError, match=r"method='heun'.*SDE\(\.\.\., lam=0\.5\)"):
        sc.solve(LINEAR, 1.0, noise=N, method="heun")
    smooth = sc.SDE(lambda t, x: 0.0, lambda t, x: x, lam=0.5)
    assert sc.solve(smooth, 1.0, noise=N, method="heun").nonfinite == 0


@pytest.mark.parametrize(
    "given, wanted",
    [
        ({"girsanov": (1.0, 2.0)}, r"girsanov=\(1\.0, 2\.0\) must be a number or a function"),
        ({"girsanov": "u"}, r"girsanov='u' must be a number or a function of \(t, x\)"),
        ({"killing": True}, r"killing=True must be a number or a function of \(t, x\)"),
    ],
)
def test_a_weight_is_a_number_or_a_function(given, wanted):
    with pytest.raises(TypeError, match=wanted):
        sc.solve(LINEAR, 1.0, **CALL, **given)


def test_a_condition_is_no_number_and_the_remedy_says_how_it_becomes_one():
    motion = sc.SDE(lambda t, x: -x, lambda t, x: 1.0)
    with pytest.raises(ValueError, match=r"write float\(\.\.\.\) around a condition"):
        sc.backward_equation(motion, lambda x: x > 0, 1.0, -8.0, 8.0, breaks=[0.0])


@pytest.mark.parametrize("maker, steps", [(sc.telegraph_noise, True), (sc.coloured_noise, False)])
def test_jumps_are_drawn_as_jumps_and_views_say_of_what(maker, steps):
    X = maker(0.2, n=20, paths=2, rng=1)
    style = "steps-post" if steps else "default"
    assert X.plot().lines[0].get_drawstyle() == style
    assert X.coarsen(10).plot().lines[0].get_drawstyle() == style
    assert X.integral().plot().lines[0].get_drawstyle() == "default"
    assert X.plot(ds="steps-mid").lines[0].get_drawstyle() == "steps-mid"
    name = type(X).__name__
    assert repr(X.coarsen(10)).startswith(f"Coarsened({name}(tau=0.2, size=1), paths=2")
    assert repr(X.integral()).startswith(f"Integrated({name}(tau=0.2, size=1), paths=2")
    plt.close("all")


@pytest.mark.parametrize("save", ["all", "stats"])
def test_a_picture_of_weighted_paths_has_both_means(save):
    motion = sc.SDE(lambda t, x: 0.0, lambda t, x: 1.0)
    found = sc.solve(motion, 0.0, n=20, paths=4000, save=save, girsanov=1.0, rng=1)
    ax = found.plot()
    lines = {line.get_label(): line.get_ydata() for line in ax.lines}
    np.testing.assert_array_equal(lines["mean without weights"], found.mean)
    np.testing.assert_array_equal(lines["weighted mean"], found.weighted_moments.mean)
    assert "mean" not in lines
    plt.close("all")
