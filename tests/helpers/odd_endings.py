"""How a call with an odd value ends: well, or how else.

It ends well if it returns what the value means, or if the package refuses the value in an error
that names the argument, shows the value or its shape, and says what to give.
"""

from __future__ import annotations

import inspect
import re
import signal
import traceback
import types
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from odd_values import Odd
from refusals import LONGEST

import stochcalc as sc

PACKAGE = str(Path(sc.__file__).parent)
SECONDS = 20.0  # of all CPUs, more than any of the calls may take

NUMBERS = {"real", "integer"}
ARRAYS = {*NUMBERS, "sequence", "tuple", "equal"}
FUNCTIONS = {"function", "class"}
# The kinds of values that a word of an annotation allows.
ACCEPTS = {
    "None": {"none"},
    "float": {*NUMBERS, "equal"},
    "int": {"integer", "equal"},
    "bool": {"flag"},
    "str": {"text"},
    "Path": {"text"},
    "FilePath": {"text"},
    "PathLike": {"text"},
    "Number": ARRAYS,
    "ArrayLike": ARRAYS,
    "Array": ARRAYS,
    "NDArray": ARRAYS,
    "Paths": {"sequence", "tuple", "equal"},
    "Sequence": {"sequence", "tuple", "equal"},
    "Iterable": {"sequence", "tuple", "equal", "set", "generator"},
    "tuple": {"sequence", "tuple", "equal"},
    "Parameters": {"sequence", "tuple", "equal"},
    "dict": {"dict"},
    "Mapping": {"dict"},
    "Seed": {"none", "integer", "sequence", "tuple", "equal"},
    "Key": {"none", "integer", "equal"},
    "Workers": {"none", "integer", "equal"},
    "Executor": {"none"},
    "Checkpoint": {"none", "text"},
    "Progress": {"flag", *FUNCTIONS},
    "Callable": FUNCTIONS,
    "Score": FUNCTIONS,
    "Limit": FUNCTIONS,
    "Level": {*NUMBERS, *FUNCTIONS, "equal"},
    "WallLevels": {*NUMBERS, "sequence", "equal"},
    "MotionDrift": {*NUMBERS, *FUNCTIONS, "sequence", "equal"},
    "Rate": {*NUMBERS, *FUNCTIONS, "equal"},
    "Barrier": {*NUMBERS, *FUNCTIONS, "sequence", "equal"},
    "StopCondition": FUNCTIONS,
    "Methods": {"text"},
}


class Base(NamedTuple):
    """A valid call: a public function, and arguments that it takes.

    arguments: a value of the class `Made` is made anew for every call.
    finite: whether numbers of the answer that are not finite are a fault.
    left_out: arguments that only the package gives.
    """

    function: Callable[..., Any]
    arguments: dict[str, Any]
    finite: bool = True
    left_out: tuple[str, ...] = ()

    def call(self, **replaced: Any) -> Any:
        """Call the function, with other values for some arguments."""
        values = self.arguments | replaced
        ready = {k: v.make() if isinstance(v, Made) else v for k, v in values.items()}
        return self.function(**ready)

    def annotations(self) -> dict[str, str]:
        """Return the annotation of every argument that can be given."""
        found = {name: "object" for name in self.arguments if name not in self.left_out}
        for name, parameter in inspect.signature(self.function).parameters.items():
            if parameter.kind is not parameter.VAR_KEYWORD and name not in self.left_out:
                found[name] = str(parameter.annotation)
        return found


class Made(NamedTuple):
    """An argument that is made anew for every call."""

    make: Callable[[], Any]


class TooLong(BaseException):
    """The call took more than `SECONDS`."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise `TooLong` in the block after so many seconds of CPU time.

    It is raised again after as many more: one that is raised while Python collects garbage is lost.
    """

    def stop(number: int, frame: types.FrameType | None) -> None:
        raise TooLong

    before = signal.signal(signal.SIGPROF, stop)
    left, interval = signal.setitimer(signal.ITIMER_PROF, seconds, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, left, interval)
        signal.signal(signal.SIGPROF, before)


def allows(annotation: str, kind: str) -> bool:
    """Tell whether an annotation allows a value of some kind."""
    for word in re.findall(r"\w+", annotation):
        kinds = ACCEPTS.get(word, FUNCTIONS if word.endswith("Function") else set())
        if word in ("object", "Any") or kind in kinds:
            return True
    return False


def find_fault(base: Base, argument: str, odd: Odd, answer: Callable[[], Any]) -> str | None:
    """Make the call with an odd value; return what is wrong with its end, or None.

    answer: returns the `fingerprint` of the answer to the valid call.
    """
    value = odd.make()
    try:
        with warnings.catch_warnings(record=True) as heard, at_most(SECONDS):
            warnings.simplefilter("always")
            result = base.call(**{argument: value})
            found = fingerprint(result)
    except TooLong:
        return f"took more than {SECONDS:g} seconds"
    except BaseException as error:
        return judge_error(error, argument, value)
    foreign = [str(w.message) for w in heard if w.filename.startswith(PACKAGE)]
    if foreign:
        return f"a warning of NumPy: {foreign[0]}"
    if odd.equal:
        return None if found == answer() else "another answer to the same numbers"
    annotation = base.annotations()[argument]
    if not allows(annotation, odd.kind):
        return f"taken, though {argument} is {annotation}"
    if base.finite and count_bad(found) and not heard and count_bad(found) > count_bad(answer()):
        return "a number that is not finite, in silence"
    return None


def judge_error(error: BaseException, argument: str, value: Any) -> str | None:
    """Return what is wrong with an error that answers an odd value, or None."""
    text = f"{type(error).__name__}: {error}"
    raised = traceback.extract_tb(error.__traceback__)[-1]
    if callable(value) and (raised.name == "_fail" or raised.filename.endswith("fractions.py")):
        return None  # what a function of the user raises while it runs reaches the user
    if not isinstance(error, REFUSALS):
        return f"no refusal: {text}"
    if not raised.filename.startswith(PACKAGE):
        return f"not raised by the package but in {Path(raised.filename).name}: {text}"
    message = str(error)
    if len(message) > LONGEST:
        return f"{len(message)} characters: {text}"
    if isinstance(error, FloatingPointError) or BUDGET.search(message):
        return None  # they say what overflows, and the remedy; the argument is one of many
    names = "|".join(re.escape(name) for name in (argument, OTHER_NAMES.get(argument, argument)))
    if not re.search(rf"(?<![A-Za-z0-9])({names})(?![A-Za-z0-9])", message):
        return f"does not name {argument}: {text}"
    if not shows(message, argument, value):
        return f"does not show the value: {text}"
    if not REMEDY.search(message):
        return f"does not say what to give: {text}"
    return None


# An OSError is that of a file that is not there, a RuntimeError that of an integrator that gave up.
REFUSALS = (ValueError, TypeError, FloatingPointError, RuntimeError, OSError, sc.CheckpointError)
# The names that messages have for an argument, where its own is not the one in the formulas.
OTHER_NAMES = {"x0": "starting point", "f": "F"}
BUDGET = re.compile("bytes.*, over the memory budget")
# What a message has that says which values are right.
REMEDY = re.compile(
    r"\b(must|gives?|use|write|needs?|leave|choose|pass|return|sort|fix|drop|make|take|ask|one of|"
    r"is no|"
    r"multiply|change|correct|smooth|stay|is called as|is called with|outside|instead|are W|name|"
    r"observe|cite|allow|returns|read|it has)\b"
)


def shows(message: str, argument: str, value: Any) -> bool:
    """Tell whether a message shows a value: itself, a part of it, its type or its shape."""
    if re.search(rf"\b{re.escape(argument)}(\[[^]]*\])?( of '\w+')?(=| has ).", message):
        return True
    if re.search(r"\b(shape|dtype|empty|ragged|masked|missing|beyond|type|dim|times?)\b", message):
        return True
    if callable(value) and re.search(r"\b(takes?|called|arguments?|fails)\b", message):
        return True
    whole = " ".join(repr(value).split())
    known = (whole[:12], type(value).__name__, str(value)[:12])
    return any(word in message for word in known if word)


def fingerprint(result: Any, depth: int = 0) -> Any:
    """Return what a result holds, in a form that can be compared to the bit."""
    if isinstance(result, np.ma.MaskedArray):
        return ("masked", result.filled(0).tobytes(), np.ma.getmaskarray(result).tobytes())
    if isinstance(result, np.generic):
        result = result.item()
    if isinstance(result, np.ndarray):
        bad = 0
        if result.dtype.kind in "fc":
            bad = int((~np.isfinite(result)).sum())
        return ("array", result.shape, bad, np.ascontiguousarray(result).tobytes())
    if isinstance(result, float):
        return ("float", result.hex(), int(not np.isfinite(result)))
    if isinstance(result, int | str | bytes | None):
        return result
    if depth > 4:
        return type(result).__name__
    if isinstance(result, list | tuple):
        return tuple(fingerprint(item, depth + 1) for item in result)
    if isinstance(result, dict):
        return tuple((str(k), fingerprint(v, depth + 1)) for k, v in result.items())
    if type(result).__name__ == "Axes":
        return ("Axes", fingerprint(draw(result)))
    parts: list[Any] = [type(result).__name__]
    if is_dataclass(result) and not isinstance(result, type):
        names = [f.name for f in fields(result) if f.name not in ("seconds", "compilations")]
        parts += [fingerprint(getattr(result, name), depth + 1) for name in names]
    elif type(result).__module__.startswith("stochcalc"):
        for name in ("times", "values", "arrays", "weights", "means", "covs", "data"):
            if hasattr(result, name):
                parts.append(fingerprint(getattr(result, name), depth + 1))
    return tuple(parts)


def draw(axes: Any) -> np.ndarray:
    """Return the pixels of the picture that axes are in."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(axes.figure)
    canvas.draw()
    return np.array(canvas.buffer_rgba())


def count_bad(found: Any) -> int:
    """Return how many numbers in a fingerprint are not finite."""
    if not isinstance(found, tuple):
        return 0
    if found[:1] == ("array",):
        return int(found[2])
    if found[:1] == ("float",):
        return int(found[2])
    return sum(count_bad(part) for part in found)
