"""The role `sandbox`: a link to a page of the sandbox that opens in the state of a theorem.

A page that does not exist, a field that it does not have and a value that the field does not take
are errors of the build.
"""

from __future__ import annotations

from docutils import nodes
from sandbox_links import read_link
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxRole


class SandboxRole(SphinxRole):
    """Write a link, relative to the page in which it is."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the link, or a message that says what is wrong with it."""
        try:
            link = read_link(" ".join(self.text.split()))
        except (TypeError, ValueError) as error:
            message = self.inliner.reporter.error(f":sandbox: {error}", line=self.lineno)
            return [self.inliner.problematic(self.rawtext, self.rawtext, message)], [message]
        up = "../" * self.env.docname.count("/")
        address = f"{up}{link.address}"
        return [nodes.reference(self.rawtext, link.words, refuri=address, internal=True)], []


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the role."""
    app.add_role("sandbox", SandboxRole())
    return {"parallel_read_safe": True, "parallel_write_safe": True}
