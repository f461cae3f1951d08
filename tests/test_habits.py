"""Names of arguments that users know from elsewhere get a hint, which is right."""

import inspect

import pytest

import stochcalc as sc
from stochcalc.engine.habits import HABITS, find_hint, hint_names

GBM = sc.models.gbm(0.1, 0.2)


@pytest.mark.parametrize(
    "call, hint",
    [
        (lambda: sc.solve(GBM, 1.0, 1.0, dt=0.01), r"dt=: give n=.*\(T - t0\)/dt"),
        (lambda: sc.solve(GBM, 1.0, 1.0, seed=1), "seed=: give rng="),
        (lambda: sc.solve(GBM, 1.0, 1.0, num_paths=7), "num_paths=: give paths="),
        (lambda: sc.solve(GBM, 1.0, 1.0, N=7), "N=: give n="),
        (lambda: sc.solve(GBM, 1.0, partition=sc.Partition.uniform(1.0, 4)), "brownian.partition="),
        (lambda: sc.solve(GBM, 1.0, path=7), "path=: give paths="),
        (lambda: sc.solve(GBM, 1.0, zzz=7), "zzz=: it has sde, x0, T, n"),
        (lambda: sc.mlmc(GBM, 1.0, 1.0, payoff=abs, target=0.1), "payoff=: give test="),
        (lambda: sc.read_csv("prices.csv", sep=";"), "sep=: it has path, column, time, delimiter"),
        (lambda: sc.score.train_network(None, rng=1), "rng=: give seed="),
        (lambda: sc.brownian(seed=1), "seed=: give rng="),
        (lambda: sc.brownian(dt=0.1), "dt=: give n="),
        (lambda: sc.backward_equation(GBM, abs, 1.0, 0.5, 2.0, rate=0.1), "rate=: give killing="),
        (lambda: sc.solve(GBM, 1.0, 1.0, discount=0.1), "discount=: give killing="),
    ],
)
def test_a_habitual_name_is_answered_with_the_one_of_this_package(call, hint):
    with pytest.raises(TypeError, match=hint):
        call()


def test_a_hint_names_an_argument_that_the_function_has():
    known = tuple(inspect.signature(sc.brownian).parameters)
    for name in HABITS.keys() - set(known):
        habit = HABITS[name]
        assert (habit.hint == find_hint(name, known)) == (habit.argument in known), name
    assert all(f"{habit.argument}=" in habit.hint for habit in HABITS.values())


def test_the_decorator_leaves_the_signature_and_the_docstring():
    assert list(inspect.signature(sc.solve).parameters)[:3] == ["sde", "x0", "T"]
    assert sc.solve.__doc__.startswith("Solve an SDE")


def test_options_that_are_handed_on_are_hinted_at_where_they_arrive():
    W = sc.brownian(n=4, paths=3, rng=1)
    with pytest.raises(TypeError, match="seed"):
        sc.ito(lambda t, w: w, W, seed=1)
    assert sc.ito(lambda t, w: w, W, save="stats", workers=1).count == 3
    with pytest.raises(TypeError, match="hands its options on"):
        hint_names(lambda **options: None)


def find_functions() -> list[object]:
    """The public functions."""
    values = [
        getattr(module, name) for module in (sc, sc.langevin, sc.score) for name in module.__all__
    ]
    return [value for value in values if inspect.isfunction(value)]


def functions_with(argument: str) -> list[object]:
    """The public functions that have an argument of this name."""
    return [f for f in find_functions() if argument in inspect.signature(f).parameters]


def test_every_public_function_names_the_argument_that_it_lacks():
    functions = [
        function
        for function in find_functions()
        if not any(p.kind is p.VAR_KEYWORD for p in inspect.signature(function).parameters.values())
    ]
    assert len(functions) > 40
    for function in functions:
        with pytest.raises(TypeError, match=rf"^{function.__name__}\(\) has no argument zzz=: "):
            function(zzz=1)


@pytest.mark.parametrize(
    "habit, argument",
    [("seed", "rng"), ("num_paths", "paths"), ("scheme", "method"), ("n_jobs", "workers")],
)
def test_every_public_function_with_the_argument_answers(habit, argument):
    functions = functions_with(argument)
    assert len(functions) > 3
    for function in functions:
        if habit not in inspect.signature(function).parameters:
            with pytest.raises(TypeError, match=rf"{function.__name__}\(\).*give {argument}="):
                function(**{habit: 1})
