"""Results as text, as HTML and as LaTeX, from one description: `Table`.

A result that prints tables inherits from `Displayed` and describes them once. Its `str` and its
`repr` are the text; a notebook shows the HTML, and its export to PDF takes the LaTeX.
"""

from __future__ import annotations

import importlib
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from types import ModuleType

from numpy.typing import ArrayLike

from stochcalc.engine.compiler.interrupts import hold_interrupts_back
from stochcalc.typing import DataFrame

# The characters that mean something else in LaTeX.
LATEX = {
    "\\": r"\textbackslash{}",
    "^": r"\^{}",
    "~": r"\textasciitilde{}",
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
}


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table of numbers that were written as text, under a line that says what they are.

    Attributes
    ----------
    title : str
        The line above the table.
    columns : dict of str to int
        The head of each column, and its width in the text.
    rows : tuple of tuple of str
        The cells.

    Examples
    --------
    >>> table = Table(title="squares", columns={"n": 3, "n^2": 5}, rows=(("2", "4"), ("3", "9")))
    >>> print(table.text())
    squares
        n   n^2
        2     4
        3     9
    """

    title: str
    columns: Mapping[str, int]
    rows: tuple[tuple[str, ...], ...]

    def text(self) -> str:
        """Return the table as lines, with its columns set to the right."""
        lines = [self.title]
        for row in (tuple(self.columns), *self.rows):
            cells = (cell.rjust(width) for cell, width in zip(row, self.columns.values()))
            lines.append("  " + " ".join(cells))
        return "\n".join(lines)

    def html(self) -> str:
        """Return the table as HTML."""
        heads = "".join(f"<th>{escape(head)}</th>" for head in self.columns)
        body = "".join(
            f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in self.rows
        )
        return (
            f"<table><caption>{escape(self.title)}</caption>"
            f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
        )

    def latex(self) -> str:
        """Return the table as LaTeX, without packages."""
        lines = [rf"\begin{{tabular}}{{{'r' * len(self.columns)}}}"]
        title = _escape_latex(self.title)
        lines.append(rf"\multicolumn{{{len(self.columns)}}}{{l}}{{{title}}} \\ \hline")
        for row in (tuple(self.columns), *self.rows):
            lines.append(" & ".join(map(_escape_latex, row)) + r" \\")
        return "\n".join([*lines, r"\end{tabular}"])


def _escape_latex(text: str) -> str:
    """Return text as LaTeX prints it."""
    return "".join(LATEX.get(sign, sign) for sign in text)


class Displayed(ABC):
    """A result that describes itself as a title and tables, and is shown as they are.

    A class that inherits from it defines `_describe`.
    """

    @abstractmethod
    def _describe(self) -> tuple[str, list[Table]]:
        """Return the first line, which may be empty, and the tables below it."""

    def __str__(self) -> str:
        title, tables = self._describe()
        return "\n".join([title, *(table.text() for table in tables)]).lstrip("\n")

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        title, tables = self._describe()
        return "\n".join([f"<p>{escape(title)}</p>", *(table.html() for table in tables)])

    def _repr_latex_(self) -> str:
        title, tables = self._describe()
        parts = [_escape_latex(title), *(table.latex() for table in tables)]
        return "\n\n".join(parts).lstrip("\n")


def make_data_frame(columns: Mapping[str, ArrayLike]) -> DataFrame:
    """Return columns as a DataFrame of pandas.

    Parameters
    ----------
    columns : dict of str to array_like
        The columns, all of one length.

    Raises
    ------
    ImportError
        If pandas is not installed.
    """
    return import_pandas().DataFrame(dict(columns))


def import_pandas() -> ModuleType:
    """Import pandas, or say how to install it.

    Raises
    ------
    ImportError
        If pandas is not installed.
    """
    try:
        with hold_interrupts_back():
            return importlib.import_module("pandas")
    except ImportError:
        raise ImportError("a DataFrame needs pandas: pip install pandas") from None
