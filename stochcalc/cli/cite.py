"""`stochcalc cite`: print what to cite for a scheme, a claim or a function, as BibTeX."""

from __future__ import annotations

import argparse

from stochcalc.citations import citation
from stochcalc.cli.arguments import Commands


def add_command(commands: Commands) -> None:
    """Add the command and its options to the parser's commands."""
    command = commands.add_parser(
        "cite",
        help="print what to cite, as BibTeX",
        description="Print the sources of a scheme, a sampler, an estimator, a claim or a function "
        "as BibTeX; without a name, the entry of stochcalc itself.",
        epilog="Exit status: 0, or 2 for bad usage.",
    )
    command.add_argument(
        "names", nargs="*", metavar="NAME", help="such as milstein, baoab, G09 or models.gbm"
    )
    command.set_defaults(run=run, refuse=command.refuse)


def run(options: argparse.Namespace) -> int:
    """Print the entries of all names, each once."""
    found: dict[str, None] = {}
    for name in options.names or [None]:
        try:
            found.update(dict.fromkeys(citation(name).split("\n\n")))
        except (TypeError, ValueError) as error:
            options.refuse(str(error))
    print("\n\n".join(found))
    return 0
