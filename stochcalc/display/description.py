"""What a result says of itself, once: `Description`, and the results that have one: `Displayed`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from html import escape

from stochcalc.display.formulas import set_formula
from stochcalc.display.table import Table, escape_latex

MOST_LINES = 12  # of a result as text
LEAST_ROWS = 3  # of a table from which rows are left out

# Scoped to what is shown. Colours are those of the page around it, light or dark.
STYLE = (
    "<style>.stochcalc div{overflow-x:auto}.stochcalc math{width:fit-content}.stochcalc table{"
    "border-collapse:collapse;font-variant-numeric:tabular-nums}.stochcalc :is(td,th){"
    "color:currentColor;padding:.1em .6em;text-align:right}.stochcalc :is(th,caption){"
    "white-space:nowrap}.stochcalc thead :is(td,th){border-bottom:1px solid}"
    ".stochcalc td details{min-width:min(20em,55vw)}"
    ".stochcalc :is(th,td):first-child,.stochcalc caption{text-align:left}</style>"
)


@dataclass(frozen=True, kw_only=True)
class Description:
    """A result in words and numbers, from which its text, its HTML and its LaTeX are made.

    Attributes
    ----------
    title : str
        What the result is, in a line; it may be empty.
    line : str
        The whole result on one line, if it has room there: then it is all of the text.
    formula : str
        A formula in LaTeX, without signs for mathematics around it.
    tables : tuple of Table
        The numbers.
    picture : str
        A small picture in SVG, for HTML alone.
    remarks : tuple of str
        Sentences below the tables.
    parts : tuple of Table
        Tables of details: HTML folds each under its title, LaTeX has them, and the text leaves them
        to `print`.

    Examples
    --------
    >>> table = Table(title="", columns={"n": 3, "n^2": 5}, rows=(("2", "4"), ("3", "9")))
    >>> print(Description(title="Squares", tables=(table,)).text())
    Squares
        n   n^2
        2     4
        3     9
    """

    title: str = ""
    line: str = ""
    formula: str = ""
    tables: tuple[Table, ...] = ()
    picture: str = ""
    remarks: tuple[str, ...] = ()
    parts: tuple[Table, ...] = ()

    def text(self, *, whole: bool = False) -> str:
        """Return at most twelve lines; where there are more, rows in the middle are left out.

        Parameters
        ----------
        whole : bool
            Whether all rows are kept, however many there are.
        """
        if self.line:
            return self.line
        around = [self.title] if self.title else []
        size = len(around) + len(self.remarks) + sum(len(table.lines()) for table in self.tables)
        lines = list(around)
        for table in self.tables:
            excess = max(size - MOST_LINES, 0)
            if whole:
                excess = 0
            most = max(len(table.rows) - excess, LEAST_ROWS)
            size -= max(len(table.rows) - most, 0)
            lines += table.lines(most)
        return "\n".join([*lines, *self.remarks])

    def html(self) -> str:
        """Return the result as HTML that has the colours of the page around it."""
        parts = []
        if self.tables or self.parts:
            parts.append(STYLE)
        if self.title:
            parts.append(f"<p>{escape(self.title)}</p>")
        if self.formula:
            parts.append(f"<div>{set_formula(self.formula)}</div>")
        parts += [f'<div tabindex="0">{table.html()}</div>' for table in self.tables]
        parts += [f"<p>{escape(remark)}</p>" for remark in self.remarks]
        parts += [_fold(table) for table in self.parts]
        return f'<div class="stochcalc">{"".join(parts)}{self.picture}</div>'

    def latex(self) -> str:
        """Return the result as LaTeX, without packages."""
        parts = [escape_latex(self.title)] if self.title else []
        if self.formula:
            parts.append(f"$\\displaystyle {self.formula}$")
        parts += [table.latex() for table in self.tables]
        parts += [escape_latex(remark) for remark in self.remarks]
        parts += [table.latex() for table in self.parts]
        return "\n\n".join(parts)


def _fold(table: Table) -> str:
    """Return a table as HTML that opens under its title."""
    inner = replace(table, title="").html()
    summary = f"<summary>{escape(table.title)}</summary>"
    return f'<details>{summary}<div tabindex="0">{inner}</div></details>'


class Displayed(ABC):
    """A result that describes itself, and is shown as text, HTML or LaTeX.

    A class that inherits from it defines `_describe`. Its `repr` has at most twelve lines, and
    `print` shows all of it.
    """

    @abstractmethod
    def _describe(self) -> Description:
        """Return what the result says of itself."""

    def __repr__(self) -> str:
        return self._describe().text()

    def __str__(self) -> str:
        return self._describe().text(whole=True)

    def _repr_html_(self) -> str:
        return self._describe().html()

    def _repr_latex_(self) -> str:
        return self._describe().latex()
