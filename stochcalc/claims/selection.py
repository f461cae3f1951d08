"""Which claims a run measures: all of them, or those of some chapters and numbers."""

from __future__ import annotations

from collections.abc import Iterable

from stochcalc.claims.claim import CLAIMS, Claim
from stochcalc.engine import checks
from stochcalc.engine.given_values import read_entries
from stochcalc.engine.words import show


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
    names = {claim.chapter for claim in claims} | {claim.id for claim in claims}
    for name in wanted:
        checks.choice("chapters", name, sorted(names))
    if not wanted:
        return claims
    return [claim for claim in claims if claim.id in wanted or claim.chapter in wanted]


def _find_id(name: str) -> str:
    """Return the number of a claim in capitals, and any other name as it is."""
    if isinstance(name, str) and name.upper() in CLAIMS:
        return name.upper()
    return name
