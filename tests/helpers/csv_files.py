"""The text of small CSV files, and the arguments to read them with."""

from __future__ import annotations

x = {"column": "x"}
both = {"column": "x", "time": "t"}
close = {"column": "Close"}
semicolon = {"delimiter": ";"}
tab = {"delimiter": "\t"}
space = {"delimiter": " "}
PRICES = "Date,Close\n2024-01-30,101.5\n2024-01-31,99\n2024-02-01,100.25\n"


def rows(*lines: str, end: str = "\n") -> str:
    """A file with these lines below its header."""
    return end.join(("t,x", *lines)) + end


def at(*times: str) -> str:
    """A file with the value 1 at each time."""
    return rows(*(f"{time},1" for time in times))


def daily(*values: str) -> str:
    """A file with a value a day, from the tenth of January on."""
    return rows(*(f"2024-01-{10 + i},{value}" for i, value in enumerate(values)))
