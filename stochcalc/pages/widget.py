"""A page as a widget of a notebook; needs anywidget, pip install "stochcalc[notebook]"."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Protocol

from stochcalc.engine.words import show
from stochcalc.pages.builder import read_style
from stochcalc.pages.fields import Page


class Widget(Protocol):
    """A page in a notebook, whose fields are attributes of these names."""

    def number(self, name: str) -> float:
        """Return the number that a field has now, such as 0.5 for "8/16".

        Raises
        ------
        ValueError
            If the page has no such field, or its value is not a number.
        """


def make_widget(page: Page, state: dict[str, str], module: str) -> Widget:
    """Return a widget whose front end is a page, and whose traits are the page's fields.

    Parameters
    ----------
    page : Page
        The page.
    state : dict
        The values of its fields that are shown first.
    module : str
        The page's script, as a module.

    Raises
    ------
    ImportError
        Without anywidget.
    """
    try:
        import anywidget
        import traitlets
    except ImportError as error:
        raise ImportError(
            'a widget needs anywidget: pip install "stochcalc[notebook]"; the page itself needs '
            "nothing, sandbox(...) as the last line of a cell shows it"
        ) from error

    names = [field.name for field in page.fields]

    def number(self: Any, name: str) -> float:
        """Return the number that a field has now; see `Widget.number`."""
        if name not in names:
            raise ValueError(f"name={show(name)} must be one of {', '.join(names)}")
        value = getattr(self, name)
        try:
            return float(Fraction(value))
        except ValueError:
            raise ValueError(f"{name}={show(value)} is not a number: read widget.{name}") from None

    def validate(self: Any, proposal: dict[str, Any]) -> str:
        """Return the value that a field takes for a value that was set; refuse others."""
        field = next(one for one in page.fields if one.name == proposal["trait"].name)
        return field.read(proposal["value"])

    members: dict[str, Any] = {name: traitlets.Any(state[name]).tag(sync=True) for name in names}
    members["_esm"] = module
    members["_css"] = read_style("style.css")
    members["number"] = number
    members["_validate_field"] = traitlets.validate(*names)(validate)
    widget: Widget = type(f"{page.name.title()}Widget", (anywidget.AnyWidget,), members)()
    return widget
