"""The directive `.. solution::`: what follows it, up to the next heading, is folded.

A solution of an exercise is a cell of its lesson: it runs and asserts when the site is built. The
reader opens it after trying.
"""

from __future__ import annotations

from docutils import nodes
from docutils.parsers.rst import Directive
from docutils.transforms import Transform
from sphinx.application import Sphinx


class solution(nodes.General, nodes.Element):
    """Where a solution begins; after the transform, what is folded."""


class SolutionDirective(Directive):
    """Mark the place from which a lesson is folded."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        """Return the mark."""
        return [solution()]


class FoldSolutions(Transform):
    """Move what follows each mark into it."""

    default_priority = 500

    def apply(self) -> None:
        """Fold the rest of the section in which a mark stands."""
        for mark in list(self.document.findall(solution)):
            parent = mark.parent
            place = parent.index(mark)
            for node in list(parent.children[place + 1 :]):
                if isinstance(node, nodes.section | solution):
                    break
                parent.remove(node)
                mark.append(node)


def open_fold(self: nodes.NodeVisitor, node: solution) -> None:
    """Begin what is folded."""
    self.body.append('<details class="solution"><summary>Solution</summary>')


def close_fold(self: nodes.NodeVisitor, node: solution) -> None:
    """End what is folded."""
    self.body.append("</details>")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_node(solution, html=(open_fold, close_fold))
    app.add_directive("solution", SolutionDirective)
    app.add_transform(FoldSolutions)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
