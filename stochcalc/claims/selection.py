"""Which claims a run measures: all of them, or those of some chapters and numbers."""

from __future__ import annotations

from collections.abc import Iterable

from stochcalc.claims.claim import CLAIMS, Claim
from stochcalc.engine.given_values import read_entries
from stochcalc.engine.words import show, suggest


def select(chapters: str | Iterable[str] | None) -> list[Claim]:
    """Return claims by chapter or number, in the order of the catalogue; all of them for None.

    Parameters
    ----------
    chapters : str, iterable of str, or None
        Names of chapters, or numbers of claims in either case of letters. An empty iterable means
        all, as None does.

    Raises
    ------
    ValueError
        For a name that is neither a chapter nor a number.
    """
    claims = sorted(CLAIMS.values(), key=lambda claim: claim.id)
    if chapters is None:
        return claims
    if isinstance(chapters, str):
        chapters = [chapters]
    if not isinstance(chapters, Iterable) or isinstance(chapters, bytes):
        raise TypeError(
            f"chapters={show(chapters)} must be names of chapters or numbers of claims, such as "
            f'["lambda", "G21"]'
        )
    wanted = [_find_id(name) for name in read_entries("chapters", chapters)]
    for name in wanted:
        _check_name(name, claims)
    if not wanted:
        return claims
    return [claim for claim in claims if claim.id in wanted or claim.chapter in wanted]


def _check_name(name: object, claims: list[Claim]) -> None:
    """Raise a ValueError for a name that is neither a chapter nor a number."""
    chapters = sorted({claim.chapter for claim in claims})
    names = [*chapters, *(claim.id for claim in claims)]
    if isinstance(name, str) and name in names:
        return
    raise ValueError(
        f"chapters={show(name)} must be one of {', '.join(map(repr, chapters))}, or a number from "
        f"{claims[0].id!r} to {claims[-1].id!r}{suggest(name, names)}"
    )


def _find_id(name: str) -> str:
    """Return the number of a claim in capitals, and any other name as it is."""
    if isinstance(name, str) and name.upper() in CLAIMS:
        return name.upper()
    return name
