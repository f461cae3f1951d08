"""What a page must say to readers who hear it: names of buttons, and roles that exist.

The theme gives the arrows that unfold its menus no name, and docutils gives the entries of a
bibliography a role that browsers have given up.
"""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup
from docutils import nodes
from sphinx.application import Sphinx


def name_arrows(
    app: Sphinx, page: str, template: str, context: dict[str, Any], tree: nodes.document | None
) -> None:
    """Name each arrow of the menu at the left after the page whose list it unfolds."""
    generate = context["generate_toctree_html"]

    def generate_named(kind: str, **options: Any) -> Any:
        # The theme returns what it has parsed, or the text that it has kept of another page.
        menu = BeautifulSoup(str(generate(kind, **options)), "html.parser")
        for arrow in menu.select("li > details > summary"):
            title = arrow.find_parent("li").find("a").get_text()
            arrow["aria-label"] = f"Pages of {title}"
        return menu

    context["generate_toctree_html"] = generate_named


def open_entry(self: Any, node: nodes.citation) -> None:
    """Begin an entry of the bibliography."""
    self.body.append(self.starttag(node, "div", classes=["citation"]))


def close_entry(self: Any, node: nodes.citation) -> None:
    """End an entry of the bibliography."""
    self.body.append("</div>\n")


def setup(app: Sphinx) -> dict[str, bool]:
    """Listen after the theme, which makes the menus."""
    app.connect("html-page-context", name_arrows, priority=900)
    app.add_node(nodes.citation, override=True, html=(open_entry, close_entry))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
