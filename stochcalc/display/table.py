"""A table whose cells are text: `Table`, as lines, as HTML and as LaTeX."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

# The characters that mean something else in LaTeX.
LATEX = {
    "\\": r"\textbackslash{}",
    "^": r"\^{}",
    "~": r"\textasciitilde{}",
    "±": r"$\pm$",
    "<": "$<$",  # the font of text has other signs in the places of these three
    ">": "$>$",
    "|": "$|$",
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
}
LEFT_OUT = "..."  # the only cell of a row in whose place others were left out


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table of numbers that were written as text, under a line that says what they are.

    Attributes
    ----------
    title : str
        The line above the table; it may be empty.
    columns : dict of str to int, or sequence of (str, int)
        The head of each column, and its least width in the text. A column of a negative width is
        set to the left.
    rows : tuple of tuple of str
        The cells.
    folded : int
        The number of columns, the last ones, that HTML folds under the first cell of their row.
    notes : tuple of str
        For each row what HTML says first where it is unfolded.

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
    columns: Mapping[str, int] | Sequence[tuple[str, int]]
    rows: tuple[tuple[str, ...], ...]
    folded: int = 0
    notes: tuple[str, ...] = ()

    def _columns(self) -> Sequence[tuple[str, int]]:
        """Return the columns as pairs."""
        if isinstance(self.columns, Mapping):
            return list(self.columns.items())
        return self.columns

    @property
    def heads(self) -> tuple[str, ...]:
        """The heads of the columns."""
        return tuple(head for head, _ in self._columns())

    def lines(self, most: int | None = None) -> list[str]:
        """Return the table as lines of text.

        Parameters
        ----------
        most : int, optional
            The number of rows that are shown, at least 3; those in the middle are left out.
        """
        widths = [width for _, width in self._columns()]
        for row in (self.heads, *self.rows):
            for i, cell in enumerate(row):
                if len(cell) > abs(widths[i]):
                    widths[i] = len(cell) if widths[i] >= 0 else -len(cell)
        lines = [self.title] if self.title else []
        for row in (self.heads, *_leave_out(self.rows, most)):
            cells = [_pad(cell, width) for cell, width in zip(row, widths)]
            lines.append(("  " + " ".join(cells)).rstrip())
        return lines

    def text(self) -> str:
        """Return the table as text, with its columns set to the right."""
        return "\n".join(self.lines())

    def html(self) -> str:
        """Return the table as HTML."""
        shown = self.heads[: len(self.heads) - self.folded]
        head = "".join(_write_head(name) for name in shown)
        body = "".join(self._html_row(i) for i in range(len(self.rows)))
        caption = ""
        if self.title:
            caption = f"<caption>{escape(self.title)}</caption>"
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def _html_row(self, i: int) -> str:
        """Return a row as HTML; what is folded opens under its first cell."""
        row = self.rows[i]
        shown = len(self.columns) - self.folded
        cells = [escape(cell) for cell in row[:shown]]
        if self.folded and len(row) > shown:
            pairs = zip(self.heads[shown:], row[shown:])
            parts = [*self.notes[i : i + 1], *(f"{name} {cell}" for name, cell in pairs)]
            inner = escape("; ".join(parts))
            cells[0] = f"<details><summary>{cells[0]}</summary>{inner}</details>"
        return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"

    def latex(self) -> str:
        """Return the table as LaTeX, without packages."""
        lines = [rf"\begin{{tabular}}{{{'r' * len(self.columns)}}}"]
        if self.title:
            title = escape_latex(self.title)
            lines.append(rf"\multicolumn{{{len(self.columns)}}}{{l}}{{{title}}} \\ \hline")
        for row in (self.heads, *self.rows):
            lines.append(" & ".join(map(escape_latex, row)) + r" \\")
        return "\n".join([*lines, r"\end{tabular}"])


def _write_head(name: str) -> str:
    """Return the head of a column as HTML; a head without a word is no head but an empty cell."""
    if not name:
        return "<td></td>"
    return f"<th>{escape(name)}</th>"


def _pad(cell: str, width: int) -> str:
    """Return a cell of a given width, set to the left if the width is negative."""
    if width < 0:
        return cell.ljust(-width)
    return cell.rjust(width)


def _leave_out(rows: tuple[tuple[str, ...], ...], most: int | None) -> tuple[tuple[str, ...], ...]:
    """Return at most so many rows: the first ones, a mark, and the last ones."""
    if most is None or len(rows) <= most:
        return rows
    first = most // 2
    last = most - 1 - first
    left_out = (f"{LEFT_OUT} {len(rows) - first - last} more",)
    return (*rows[:first], left_out, *rows[len(rows) - last :])


def escape_latex(text: str) -> str:
    """Return text as LaTeX prints it."""
    return "".join(LATEX.get(sign, sign) for sign in text)
