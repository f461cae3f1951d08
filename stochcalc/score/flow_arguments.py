"""What `probability_flow` and `log_likelihood` check of their arguments."""

from __future__ import annotations

from stochcalc.engine import checks, memory
from stochcalc.engine.words import show
from stochcalc.score.flow_steps import TABLEAUS
from stochcalc.score.noising import Noising

STAGES = 31  # states that the integrator of order 8 holds, with those of a score
FEW_STAGES = 12  # states that a scheme of equal steps holds, with those of a score
ADAPTIVE = "dop853"
RTOL = 1e-6
ATOL = 1e-8


def check_memory(numbers: int, stages: int = STAGES) -> None:
    """Refuse a state of so many numbers if the stages of the integrator would not fit."""
    remedy = "use fewer points at a time"
    memory.budget_run("the flow of the points", numbers, remedy, beside=stages * numbers)


def check_times(noising: Noising, t0: float | None, t1: float) -> tuple[float, float]:
    """Return the start and the end of the flow, two different times in [0, T]."""
    start = noising.T
    if t0 is not None:
        start = checks.number("t0", t0, least=0.0, most=noising.T)
    end = checks.number("t1", t1, least=0.0, most=noising.T)
    if start == end:
        raise ValueError(
            f"t0={start:g} and t1={end:g} are the same time: there is no way between them"
        )
    return start, end


def check_method(method: str) -> str:
    """Return the name of a method in small letters."""
    name: object = method
    if isinstance(method, str) and method.lower() in (ADAPTIVE, *TABLEAUS):
        name = method.lower()
    return checks.choice("method", name, [ADAPTIVE, *TABLEAUS])


def check_steps(method: str, n: int | None, rtol: float | None, atol: float | None) -> int:
    """Return the number of equal steps, which have no tolerances."""
    for name, tolerance in (("rtol", rtol), ("atol", atol)):
        if tolerance is not None:
            raise ValueError(
                f"{name}={show(tolerance)} goes with method={ADAPTIVE!r}, and method={method!r} "
                f"takes equal steps: leave {name} out, and give more steps for more digits"
            )
    if n is None:
        raise ValueError(f"method={method!r} takes equal steps: give n=, their number")
    return checks.integer("n", n)


def check_tolerances(rtol: float | None, atol: float | None) -> dict[str, float]:
    """Return the tolerances as the integrator takes them."""
    return {
        "rtol": checks.number("rtol", RTOL if rtol is None else rtol, least=1e-13),
        "atol": checks.number("atol", ATOL if atol is None else atol, above=0.0),
    }
