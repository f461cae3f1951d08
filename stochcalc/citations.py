"""What to cite: the entries of `references.bib` for a scheme, a claim, a function or the package.

`references.bib` is the one bibliography of the package, its lessons and its pages. Records name the
keys of their sources in a field `sources`, and docstrings name them in brackets, as in
"Kloeden and Platen (1992), section 4.9. [kloedenplaten1992]".
"""

from __future__ import annotations

import functools
import importlib
import inspect
import re
from importlib.resources import files
from types import ModuleType

from stochcalc.engine.habits import hint_names
from stochcalc.engine.words import show, suggest
from stochcalc.langevin.samplers import SAMPLERS
from stochcalc.methods import METHODS
from stochcalc.models.model import Model
from stochcalc.variation.estimators import ESTIMATORS

PACKAGE = "stochcalc"  # the key of the package's own entry
CHAPTERS = ("models", "langevin", "score", "plot")  # whose names may be given without the chapter
_HEAD = re.compile(r"^@(\w+)\{([^,\s]+),", re.M)
KEY = re.compile(r"\[([a-z]{2,}\d{4}[a-z]?)\]")  # in a docstring


@hint_names
def citation(about: object = None) -> str:
    r"""Return what to cite, as BibTeX.

    Parameters
    ----------
    about : object, optional
        A scheme, a sampler, an estimator, a claim, a model, a function or a class of the package,
        or the name of one: "milstein", "baoab", "bipower", "G09", "models.gbm", "riemann_sum"; or a
        key of `references.bib`. By default the package itself.

    Returns
    -------
    str
        The entries, with an empty line between two of them.

    Raises
    ------
    TypeError
        If the package has nothing like it.
    ValueError
        For a name that does not exist, and for what names no source.

    Examples
    --------
    >>> import stochcalc as sc
    >>> print(sc.citation("heun"))
    @article{ruemelin1982,
      author = {R{\"u}melin, W.},
      title = {Numerical treatment of stochastic differential equations},
      journal = {SIAM Journal on Numerical Analysis},
      volume = {19},
      pages = {604--613},
      year = {1982}
    }
    """
    entries = read_bibliography()
    keys = find_sources(about)
    unknown = [key for key in keys if key not in entries]
    if unknown:
        raise ValueError(
            f"about={_name(about)} names the sources {unknown}, which references.bib lacks"
        )
    return "\n\n".join(entries[key] for key in keys)


@functools.cache
def read_bibliography() -> dict[str, str]:
    """Return the entries of `references.bib` by key, each as it is written there.

    Raises
    ------
    ValueError
        If two entries have one key, or an entry does not end.

    Examples
    --------
    >>> print(read_bibliography()["evans2013"].splitlines()[0])
    @book{evans2013,
    """
    return split_entries(files(PACKAGE).joinpath("references.bib").read_text(encoding="utf-8"))


def split_entries(text: str) -> dict[str, str]:
    """Return the entries of a bibliography by key: each from its @ to the brace that closes it."""
    entries: dict[str, str] = {}
    for found in _HEAD.finditer(text):
        key = found.group(2)
        if key in entries:
            raise ValueError(f"the bibliography has two entries {key!r}")
        entries[key] = text[found.start() : _find_end(text, found.start(), key)]
    return entries


def _find_end(text: str, start: int, key: str) -> int:
    """Return the place after the brace that closes the first one from `start` on."""
    depth = 0
    for place in range(start, len(text)):
        if text[place] == "{":
            depth += 1
        elif text[place] == "}":
            depth -= 1
            if depth == 0:
                return place + 1
    raise ValueError(f"the entry {key!r} of the bibliography does not end")


def find_sources(about: object = None) -> tuple[str, ...]:
    """Return the keys of the sources of an object, or of what has this name."""
    if about is None or about is _import(PACKAGE):
        return (PACKAGE,)
    called = _name(about)
    if isinstance(about, str):
        if about in read_bibliography():
            return (about,)
        about = _find_named(about)
    if isinstance(about, ModuleType):
        raise TypeError(f"about={called} is a module: name a function of it, or nothing at all")
    keys = _read_sources(about, called)
    if not keys:
        raise ValueError(
            f"about={called} names no source of its own: cite the package, citation(), and the "
            "book that you use"
        )
    return keys


def _name(about: object) -> str:
    """Return how messages call an object: by its name, if it has one."""
    for field in ("name", "id", "__name__"):
        found = getattr(about, field, None)
        if isinstance(found, str):
            return repr(found)
    return show(about)


def _find_named(name: str) -> object:
    """Return the scheme, sampler, estimator, claim or public object with a name."""
    found = _list_records()
    if name in found:
        return found[name]
    for place in ("", *CHAPTERS):
        path = f"{place}.{name}".lstrip(".")
        value: object = _import(PACKAGE)
        for part in path.split("."):
            value = getattr(value, part, None)
        if value is not None and not any(part.startswith("_") for part in path.split(".")):
            return value
    known = [*found, *_import(PACKAGE).__all__, *read_bibliography()]
    raise ValueError(
        f"about={show(name)} is no scheme, sampler, estimator, claim or public name of stochcalc, "
        f"and no key of its bibliography{suggest(name, known)}"
    )


def _list_records() -> dict[str, object]:
    """Return the records that name their sources, by their names."""
    return {**_import("stochcalc.claims").CLAIMS, **ESTIMATORS, **SAMPLERS, **METHODS}


def _import(name: str) -> ModuleType:
    """Return a module that is needed for some names only: it is imported when it is asked for."""
    return importlib.import_module(name)


def _read_sources(about: object, called: str) -> tuple[str, ...]:
    """Return the keys in the field `sources` of what is `called` so, or else in its docstring."""
    sources = getattr(about, "sources", None)
    if isinstance(sources, tuple) and not inspect.isclass(about):
        return sources
    if isinstance(about, Model):
        about = getattr(_import("stochcalc.models"), about.name, about)
    module = inspect.getmodule(about)
    if module is None or module.__name__.split(".")[0] != PACKAGE:
        raise TypeError(
            f"about={called} is no scheme, claim, function or class of stochcalc: give one, or its "
            f"name"
        )
    return tuple(dict.fromkeys(KEY.findall(inspect.getdoc(about) or "")))
