"""Results as JSON, which knows no number that is not finite."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping


def to_json(values: Mapping[str, object]) -> str:
    """Return values as JSON; a number that is not finite, which JSON does not have, is null.

    Examples
    --------
    >>> print(to_json({"mean": 0.5, "stderr": float("nan")}))
    {
     "mean": 0.5,
     "stderr": null
    }
    """
    return json.dumps(_make_finite(values), indent=1, allow_nan=False)


def _make_finite(value: object) -> object:
    """Return a value with None in the place of every float that is not finite."""
    if isinstance(value, Mapping):
        return {name: _make_finite(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_make_finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
