"""Which checks of numpydoc the docstrings of public names pass, and which are off, and why."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import stochcalc as sc
from stochcalc import plot

OFF = {
    "GL01": "the summary stands on the line of the quotes, as in the whole package",
    "GL02": "the quotes of a docstring of one line are on its line",
    "GL03": "an attribute's one-line text needs no blank line",
    "GL08": "records document their fields in the class",
    "SS05": "a summary begins with a verb in the imperative, which the tests of the text hold",
    "SS06": "a summary that needs two lines may have them",
    "PR02": "fields of a dataclass are parameters that its bases document",
    "PR08": "the description of a parameter may begin with a symbol, such as d",
    "PR09": "a list of words may end a description without a full stop",
    "RT02": "a result that is one value needs no name, and its type says what it is",
    "RT03": "a result of which the type says all needs no description",
    "RT04": "the description of a result may begin with a symbol",
    "RT05": "a list may end a description",
    "YD01": "no generator is public",
    "SA01": "the mini-gallery below each name and the lists by chapters show what is near",
    "SA04": "the same",
    "ES01": "a summary that says all needs no second sentence",
    "EX01": "methods are shown in the examples of their class; functions and classes must have one, "
    "which tests/test_text.py holds",
}


def list_public() -> Iterator[tuple[str, object]]:
    """Yield every public function and class, and the public methods of the classes."""
    for module in (sc, sc.models, sc.langevin, sc.score, plot):
        for name in module.__all__:
            value = getattr(module, name)
            if not (inspect.isroutine(value) or inspect.isclass(value)):
                continue
            yield f"{module.__name__}.{name}", value
            if inspect.isclass(value):
                yield from _list_methods(value)


def _list_methods(of: type) -> Iterator[tuple[str, object]]:
    """Yield the public methods that a class of the package defines itself."""
    for name, value in vars(of).items():
        if not name.startswith("_") and inspect.isfunction(value):
            yield f"{of.__module__}.{of.__name__}.{name}", value
