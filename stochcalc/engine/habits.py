"""Names that users know from elsewhere: a function that is called with one says its own name."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import NamedTuple, ParamSpec, TypeVar

from stochcalc.engine.words import find_closest

P = ParamSpec("P")
R = TypeVar("R")


class Habit(NamedTuple):
    """A name for an argument that other packages use, and what to write here.

    Attributes
    ----------
    argument : str
        The argument of this package. The hint is given where the function has it.
    hint : str
        What to write.
    """

    argument: str
    hint: str


STEPS = Habit("n", "give n=, the number of steps")
PATHS = Habit("paths", "give paths=, the number of paths")
SEED = Habit("rng", "give rng=, a seed or a generator")
SCHEME = Habit("method", "give method=, the name of the scheme")
POINT = Habit("lam", "give lam=: 0 Ito, 1/2 Stratonovich, 1 backward")
HABITS = {
    "dt": Habit("n", "give n=, the number of steps, which is (T - t0)/dt"),
    "step_size": Habit("n", "give n=, the number of steps, which is (T - t0)/step_size"),
    "N": STEPS,
    "num_steps": STEPS,
    "n_steps": STEPS,
    "nsteps": STEPS,
    "steps": STEPS,
    "M": PATHS,
    "num_paths": PATHS,
    "n_paths": PATHS,
    "npaths": PATHS,
    "n_samples": PATHS,
    "num_samples": PATHS,
    "size": PATHS,
    "trials": PATHS,
    "seed": SEED,
    "random_state": SEED,
    "generator": SEED,
    "rng": Habit("seed", "give seed=, an integer"),
    "scheme": SCHEME,
    "solver": SCHEME,
    "integrator": SCHEME,
    "lambda_": POINT,
    "lmbda": POINT,
    "alpha": POINT,
    "partition": Habit("noise", "give noise=brownian(partition=...), the motion on that grid"),
    "t_span": Habit("T", "give T=, the end time, and t0=, the start"),
    "t_end": Habit("T", "give T=, the end time"),
    "t1": Habit("T", "give T=, the end time"),
    "tmax": Habit("T", "give T=, the end time"),
    "payoff": Habit("test", "give test=, a function of the state at the end"),
    "params": Habit("args", "give args=, a tuple of parameters"),
    "t_eval": Habit("save", "give save=, the times at which states are kept"),
    "args": Habit("sde", "give args= to the equation, sde=SDE(..., args=...)"),
    "rate": Habit("killing", "give killing=, the rate at which paths are killed"),
    "discount": Habit("killing", "give killing=, the rate of the discount"),
    "n_jobs": Habit("workers", "give workers=, the number of threads"),
    "threads": Habit("workers", "give workers=, the number of threads"),
}


def hint_names(function: Callable[P, R]) -> Callable[P, R]:
    """Decorate a public function: an argument with an unknown name is refused with a hint.

    Without it, Python says only that the name was unexpected.

    Parameters
    ----------
    function : callable
        A function with keyword arguments of its own names, and no `**options`.

    Raises
    ------
    TypeError
        For a function with `**options`, which hands its arguments on: decorate what takes them.
    """
    parameters = inspect.signature(function).parameters
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values()):
        raise TypeError(f"{function.__name__} hands its options on: decorate what takes them")
    known = tuple(parameters)

    @functools.wraps(function)
    def called(*arguments: P.args, **keywords: P.kwargs) -> R:
        for name in keywords:
            if name not in known:
                raise TypeError(
                    f"{function.__name__}() has no argument {name}=: {find_hint(name, known)}"
                )
        return function(*arguments, **keywords)

    return called


def find_hint(name: str, known: tuple[str, ...]) -> str:
    """Return what to write in the place of an argument's unknown name.

    Parameters
    ----------
    name : str
        The unknown name.
    known : tuple of str
        The names that the function has.
    """
    habit = HABITS.get(name)
    if habit is not None and habit.argument in known:
        return habit.hint
    close = find_closest(name, known)
    if close is not None:
        return f"give {close}="
    return f"it has {', '.join(known)}"
