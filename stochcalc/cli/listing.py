"""`stochcalc list`: the names that the other commands take, with what each of them is."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import Any

from stochcalc.claims.selection import select
from stochcalc.cli.arguments import Commands
from stochcalc.cli.output import write_json
from stochcalc.display.table import Table
from stochcalc.engine.words import suggest
from stochcalc.methods import METHODS
from stochcalc.models.formulas import find_formula
from stochcalc.models.presets import PRESETS
from stochcalc.sde import NOISE_KINDS

KINDS = ("claims", "models", "schemes")


def add_command(commands: Commands) -> None:
    """Add the command and its options to the parser's commands."""
    command = commands.add_parser(
        "list",
        help="list the claims, the models and the schemes",
        description="The names that verify and converge take: claims with their chapters, named "
        "models with their parameters, schemes with their strong orders by kind of noise.",
        epilog="Exit status: 0, or 2 for bad usage.",
    )
    command.add_argument("what", nargs="*", metavar="WHAT", help=f"{', '.join(KINDS)}; all of them")
    command.add_argument("--json", action="store_true", help="print the lists as JSON")
    command.set_defaults(run=run, refuse=command.refuse)


def run(options: argparse.Namespace) -> int:
    """Print the lists."""
    for name in options.what:
        if name not in KINDS:
            known = ", ".join(map(repr, KINDS))
            options.refuse(
                f"argument WHAT: {name!r} is no list: choose from {known}{suggest(name, KINDS)}"
            )
    wanted = options.what or KINDS
    if options.json:
        write_json({kind: LISTS[kind]() for kind in KINDS if kind in wanted})
        return 0
    tables = [TABLES[kind]() for kind in KINDS if kind in wanted]
    print("\n\n".join(table.text() for table in tables))
    return 0


def list_claims() -> list[dict[str, Any]]:
    """Return the number, the chapter and the title of every claim."""
    return [
        {"id": claim.id, "chapter": claim.chapter, "title": claim.title} for claim in select(None)
    ]


def list_models() -> list[dict[str, Any]]:
    """Return the name, the kind of noise, the parameters and what is known of every model."""
    found = []
    for name, preset in PRESETS.items():
        model = preset.model({})
        known = {
            "path": model.exact_step is not None,
            "law": model.law is not None,
            "invariant": model.invariant is not None,
        }
        found.append(
            {
                "name": name,
                "noise": model.noise,
                "parameters": dict(preset.parameters),
                "known": [what for what, is_known in known.items() if is_known],
                "formula": find_formula(name, model.lam),
            }
        )
    return found


def list_schemes() -> list[dict[str, Any]]:
    """Return the name, the orders by kind of noise and the source of every scheme."""
    return [
        {
            "name": method.name,
            "strong_order": dict(method.strong_order),
            "weak_order": dict(method.weak_order),
            "reference": method.reference,
        }
        for method in METHODS.values()
        if not method.is_exact
    ]


def tabulate_claims(chapters: Iterable[str] | None = None) -> Table:
    """Return the claims, or those of some chapters and numbers, as a table.

    Parameters
    ----------
    chapters : iterable of str, optional
        Names of chapters and numbers of claims, as `verify` takes them.
    """
    rows = tuple((claim.id, claim.chapter, claim.title) for claim in select(chapters))
    title = "Claims: stochcalc verify ID or CHAPTER"
    return Table(title=title, columns={"id": -3, "chapter": -10, "theorem": -10}, rows=rows)


def tabulate_models() -> Table:
    """Return the models as a table."""
    rows = []
    for model in list_models():
        values = []
        for name, value in model["parameters"].items():
            values.append(f"{name}={value:g}" if isinstance(value, float) else name)
        known = ", ".join(model["known"])
        rows.append((model["name"], model["noise"], known, ", ".join(values)))
    columns = {"name": -10, "noise": -10, "known exactly": -10, "parameters": -10}
    title = "Models: stochcalc converge --model NAME --set PARAMETER=VALUE"
    return Table(title=title, columns=columns, rows=tuple(rows))


def tabulate_schemes() -> Table:
    """Return the schemes as a table."""
    rows = []
    for scheme in list_schemes():
        orders = [scheme["strong_order"].get(noise) for noise in NOISE_KINDS]
        rows.append((scheme["name"], *("" if order is None else f"{order:g}" for order in orders)))
    columns = {"name": -14, **dict.fromkeys(NOISE_KINDS, 8)}
    title = "Schemes, with their strong orders: stochcalc converge --methods NAME,NAME,..."
    return Table(title=title, columns=columns, rows=tuple(rows))


LISTS = {"claims": list_claims, "models": list_models, "schemes": list_schemes}
TABLES = {"claims": tabulate_claims, "models": tabulate_models, "schemes": tabulate_schemes}
