"""A page of the sandbox in a notebook: shown by itself, saved as a file, or as a widget."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

from stochcalc.pages.builder import write_html, write_module
from stochcalc.pages.fields import Page, find_page

if TYPE_CHECKING:
    from stochcalc.pages.widget import Widget

HEIGHT = 900  # pixels of the frame in a notebook


@dataclass(frozen=True)
class Sandbox:
    """A page that reacts to sliders, in a state; `sandbox` makes it.

    The last line of a cell shows it in a frame, without a server and without a request, in exported
    notebooks too. What a reader moves there stays there: `widget()` is the form that Python reads.

    Attributes
    ----------
    page : Page
        The page: its name, its title and its fields.
    state : dict
        The value of every field that is shown first, as text.

    Examples
    --------
    >>> from stochcalc import sandbox
    >>> sandbox("lambda", key=7, lam=0.25).state["lam"]
    '4/16'
    """

    page: Page
    state: dict[str, str]

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value}" for name, value in self.state.items())
        return f"Sandbox({self.page.name}: {fields})"

    @property
    def html(self) -> str:
        """The page as an HTML document that needs nothing else."""
        return write_html(self.page, self.state)

    def _repr_html_(self) -> str:
        """Return a frame that holds the whole document."""
        return (
            f'<iframe srcdoc="{escape(self.html)}" title="{escape(self.page.title)}" '
            f'style="width:100%;height:{HEIGHT}px;border:0"></iframe>'
        )

    def save(self, path: str | FilePath) -> None:
        """Write the page as an HTML file; a file of that name is replaced.

        Parameters
        ----------
        path : str or Path
            The file.
        """
        FilePath(path).write_text(self.html, encoding="utf-8")

    def widget(self) -> Widget:
        """Return the page as a widget, whose fields Python reads and sets while it is shown.

        Returns
        -------
        Widget
            An anywidget.AnyWidget. Every field is a trait of it, a text such as
            `widget.lam == "8/16"`, and `widget.number("lam")` is its number.

        Raises
        ------
        ImportError
            Without the package anywidget: pip install "stochcalc[notebook]".
        """
        from stochcalc.pages.widget import make_widget

        return make_widget(self.page, self.state, write_module(self.page))


def sandbox(page: str = "lambda", **values: object) -> Sandbox:
    """Return a page that reacts to sliders, and draws the same paths as Python to the last bit.

    Parameters
    ----------
    page : {"lambda", "schemes", "particles", "variation"}
        Which page; `stochcalc.pages.PAGES` describes them.
    **values
        Values of its fields that are shown first, such as `key=7, lam=0.25, n=64, f="w^2"`. A
        number stands for the choice that is equal to it. Every page has a `key`, an integer of 64
        bits that names the random numbers, as in `brownian(key=...)`, and its own fields:

        - lambda: `lam`, the evaluation point, 0/16 to 16/16; `n`, the steps, 2 to 1024 by powers of
          2; `f`, one of "w", "w^2", "w^3", "e^w", "sin w"; `at`, "time" or "value", as in
          `riemann_sum`.
        - schemes: `n`, the steps, as above; `eq`, the equation, "gbm" or "arctan".
        - particles: `time`, in even percents of the steps; `way`, "annealed", "backwards" or
          "plain"; `n`, the steps, one of 10, 20, 50, 100, 200, 500, 1000; `start`, "noise" or
          "data".
        - variation: `n`, the steps, as above; `grid`, "even" or "turns".

    Returns
    -------
    Sandbox
        The last line of a cell shows it. `.save("lambda.html")` writes it as a file, and
        `.widget()` makes a widget whose fields Python reads.

    Raises
    ------
    TypeError
        If the page has no field of a given name.
    ValueError
        If there is no such page, or a field does not take a value.

    Notes
    -----
    The page has a generator of its own in JavaScript, which gives the normals of
    `brownian(n=1024, key=...)` to the last bit, and it shows the lines of Python that give its
    numbers.

    References
    ----------
    Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011.
    [salmon2011]

    Boldo and Melquiond, "Emulation of a FMA and correctly rounded sums: proved algorithms using
    rounding to odd", IEEE Transactions on Computers 57 (2008) 462. [boldomelquiond2008]

    Examples
    --------
    >>> from stochcalc import sandbox
    >>> page = sandbox("lambda", key=7, lam=0.25, n=64)
    >>> page
    Sandbox(lambda: key=7, lam=4/16, n=64, f=w, at=time)
    >>> len(page.html) < 60_000
    True
    """
    found = find_page(page)
    return Sandbox(found, found.read_state(values))
