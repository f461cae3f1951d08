"""Which public names need no source, and what is wrong with the sources of the others.

A name behind which a theorem or a method of the literature stands has a section References in its
docstring, with the keys of `references.bib` in brackets. All other names are listed here by the
reason why they have none.
"""

from __future__ import annotations

import inspect
import re
import unicodedata
from collections.abc import Iterator

import stochcalc as sc
from stochcalc import claims, plot
from stochcalc.citations import KEY, read_bibliography

CHAPTERS = (sc, sc.models, sc.langevin, sc.score, plot, claims)
WITHOUT_A_SOURCE = {
    "it holds what it was given, or what was made of it": (
        "Partition",
        "BrownianPaths",
        "Process",
        "Series",
        "models.Model",
        "Solution",
        "langevin.Chains",
    ),
    "it is the result of a function, which names the source": (
        "JumpTest",
        "Jumps",
        "Volatility",
        "ConvergenceStudy",
        "MultilevelEstimate",
        "FirstPassage",
        "StationaryDensity",
        "BackwardSolution",
        "langevin.StepAdvice",
        "Sandbox",
    ),
    "it is a kind of record, and each record names its own sources": (
        "langevin.Sampler",
        "claims.Claim",
    ),
    "it runs the catalogue, whose claims name their sources, or holds what the run found": (
        "verify",
        "Report",
        "claims.Finding",
        "claims.Row",
        "claims.Run",
    ),
    "it reads a file, or says what is wrong with one": ("read_csv", "citation", "CheckpointError"),
    "it counts bytes": ("estimate_memory", "MemoryEstimate"),
    "it draws": (
        "plot.style",
        "plot.narrow",
        "plot.figure",
        "plot.save",
        "plot.contact_sheet",
        "plot.panels",
        "plot.points",
        "plot.curve",
        "plot.limit_line",
        "plot.histogram",
        "plot.name_line",
        "plot.tell_points_from_lines",
        "plot.slope_triangle",
        "plot.heat_map",
        "plot.place_legend",
        "plot.tick_steps",
        "plot.tick_round_numbers",
        "plot.plot_paths",
        "plot.plot_brownian",
        "plot.plot_solution",
        "plot.plot_chains",
        "plot.plot_score",
        "plot.plot_passage",
        "plot.plot_density",
        "plot.plot_backward",
        "plot.plot_convergence",
        "plot.plot_multilevel",
        "plot.plot_volatility",
    ),
}
SECTION = re.compile(r"^References\n-+\n(.*?)(?=^\w[\w ]*\n---|\Z)", re.M | re.S)
PLACE = re.compile(r"(\d+)\s+\((\d{4})\)\s+(\d+)")  # volume (year) first page


def list_names() -> Iterator[tuple[str, object]]:
    """Yield every public function and class once, by the name that follows `stochcalc.`."""
    seen = set()
    for chapter in CHAPTERS:
        for name in chapter.__all__:
            value = getattr(chapter, name)
            if (inspect.isroutine(value) or inspect.isclass(value)) and value not in seen:
                seen.add(value)
                yield f"{chapter.__name__}.{name}".removeprefix("stochcalc."), value


def list_exceptions() -> list[str]:
    """Return all names that need no source."""
    return [name for names in WITHOUT_A_SOURCE.values() for name in names]


def has_source(text: str) -> bool:
    """Return whether a docstring has a section References with a key that has an entry."""
    keys = KEY.findall(_read_references(text))
    return bool(keys) and {*keys} <= {*read_bibliography()}


def find_wrong_references(name: str, text: str) -> list[str]:
    """Return where the section References of a docstring differs from the entries of its keys.

    It has all keys of the docstring. The first author and the year of an entry are in the words,
    and what is written as volume (year) page is the place of one of the entries.
    """
    references = _read_references(text)
    faults = [
        f"{name}: {key} is cited outside References"
        for key in KEY.findall(text)
        if key not in KEY.findall(references)
    ]
    words = _fold(KEY.sub("", references))
    places = set()
    for key in KEY.findall(references):
        entry = read_bibliography().get(key, "")
        author = _fold(_read_field(entry, "author").split(" and ")[0].split(",")[0])
        year = _read_field(entry, "year")
        if not entry or author not in words or year not in words:
            faults.append(f"{name}: {key} is by {author} of {year}, which the words do not say")
        page = _read_field(entry, "pages").split("--")[0]
        places.add((_read_field(entry, "volume"), year, page))
    for place in PLACE.findall(references):
        if place not in places:
            faults.append(f"{name}: no key has its entry at {place}")
    return faults


def _read_references(text: str) -> str:
    found = SECTION.search(inspect.cleandoc(text))
    return found.group(1) if found else ""


def _read_field(entry: str, field: str) -> str:
    """Return a field of an entry, or nothing if the entry lacks it."""
    found = re.search(rf"^  {field} = \{{(.*)\}},?$", entry, re.M)
    return found.group(1) if found else ""


def _fold(text: str) -> str:
    """Return a text in small letters without accents, whether as letters or as BibTeX writes them.

    An umlaut that is spelt with an e, as in Roessler, becomes the plain vowel too.
    """
    text = re.sub(r"\\ss\b|ß", "ss", text)
    text = re.sub(r"\\o\b|ø", "o", text)
    text = re.sub(r"[{}]|\\[\"'`^]", "", text)
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"([aou])e", r"\1", plain.lower())
