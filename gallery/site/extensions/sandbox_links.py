"""Links to a page of the sandbox, in a state: `words <lambda?lam=8/16&n=64&f=w>`.

The same text becomes an address in the documentation and a line of Python in a notebook. The table
of the pages says whether it is right.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from stochcalc.pages.fields import Page, find_page

ROLE = re.compile(r":sandbox:`([^`]+)`")
FORM = re.compile(r"(.+?)\s*<([^<>?]+)(?:\?([^<>]+))?>", re.DOTALL)
EXAMPLE = "words <lambda?lam=8/16&n=64>"


@dataclass(frozen=True)
class Link:
    """A link to a page of the sandbox.

    Attributes
    ----------
    words : str
        What the reader clicks on.
    page : Page
        The page.
    values : dict
        The values of the fields that the link names, as the page writes them.
    """

    words: str
    page: Page
    values: dict[str, str]

    @property
    def address(self) -> str:
        """The address from the top of the site, with the state as its hash."""
        parts = [f"{name}={quote(value, safe='/')}" for name, value in self.values.items()]
        state = "&".join(["#v=1", *parts]) if parts else ""
        return f"sandbox/{self.page.name}.html{state}"

    @property
    def python(self) -> str:
        """The line of Python that shows the page in a notebook."""
        parts = [f'"{self.page.name}"']
        for name, value in self.values.items():
            parts.append(f"{name}={value}" if value.isdigit() else f'{name}="{value}"')
        return f"sc.sandbox({', '.join(parts)})"


def read_link(text: str) -> Link:
    """Return the link that the text of a role describes.

    Raises
    ------
    TypeError
        If the page has no field of a given name.
    ValueError
        If the text has another form, there is no such page, or a field does not take a value.
    """
    found = FORM.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} must have the form of {EXAMPLE!r}")
    words, name, state = found.groups()
    values: dict[str, object] = {}
    parts = state.split("&") if state else []
    for part in parts:
        field, sign, value = part.partition("=")
        if not sign or field in values:
            raise ValueError(f"{part!r} in {text!r} must be NAME=VALUE, each name once")
        values[field] = value
    page = find_page(name)
    complete = page.read_state(values)
    return Link(words, page, {field: complete[field] for field in values})


def find_links(text: str) -> list[Link]:
    """Return the links in a text or in the comments of a script, in order."""
    prose = re.sub(r"^# ?", "", text, flags=re.MULTILINE)
    return [read_link(" ".join(found.split())) for found in ROLE.findall(prose)]
