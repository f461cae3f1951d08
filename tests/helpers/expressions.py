"""Random expressions in Python, for comparing the routes by which a function is computed.

An expression is text over x (a float), t (a float), the integers K and M, a table of floats, one of
integers, a tuple and a helper function. Expressions are drawn from a grammar by kinds: a float, an
integer or a truth value.
"""

from __future__ import annotations

import random

NAMES = """
import math
import numpy as np
K = 7
M = 3
H = np.float64(0.75)
TABLE = np.array([0.5, 1.5, -2.0, 3.25, 0.125])
COUNTS = np.array([3, 1, 4, 1, 5])
SQUARE = np.array([[1.0, 2.0, 0.5], [3.0, -1.0, 0.25]])
PAIR = (2.5, 4)
ODDS = (1, 3, 5, 7)
def helper(u, k=2):
    return u * k - 1 if u > 0.0 else k
def ladder(n):
    total = 0
    for j in range(n):
        total += j * j
    return total
def fold(u):
    value = 0.0
    for entry in TABLE:
        value = 0.5 * value + entry * u
    return value
"""


def draw(random_numbers: random.Random, kind: str = "float", depth: int = 4) -> str:
    """Draw an expression of a kind: "float", "int" or "bool"."""
    forms = {"float": FLOATS, "int": INTEGERS, "bool": TRUTHS}[kind]
    if depth == 0:
        forms = {"float": LEAVES, "int": SMALL, "bool": TRUTHS[:1]}[kind]
    form = random_numbers.choice(forms)
    text = form
    while "{" in text:
        start = text.index("{")
        end = text.index("}")
        inner = draw(random_numbers, text[start + 1 : end], max(depth - 1, 0))
        text = f"{text[:start]}{inner}{text[end + 1 :]}"
    return text


LEAVES = ("x", "t", "1.5", "H", "PAIR[0]", "TABLE[2]", "0.25", "-2.0")
SMALL = ("K", "M", "2", "-3", "PAIR[1]", "ODDS[-1]", "int(x)", "COUNTS[1]", "5")
FLOATS = (
    "({float} + {float})",
    "({float} - {int})",
    "({float} * {float})",
    "({int} * {float})",
    "({int} / {int})",
    "({float} / (1.0 + abs({float})))",
    "({float} // {float})",
    "({float} % {float})",
    "({int} ** -2)",
    "(abs({float}) ** 0.5)",
    "({float} ** 2)",
    "({float} ** 3)",
    "math.sin({float})",
    "np.cos({float})",
    "math.exp(-abs({float}))",
    "math.sqrt(abs({float}))",
    "np.tanh({float})",
    "math.log(1.0 + abs({float}))",
    "math.hypot({float}, {float})",
    "abs({float})",
    "min({float}, {float})",
    "max({float}, {int}, {float})",
    "TABLE[{int}]",
    "TABLE[{int} % 5]",
    "TABLE[-1 - abs({int}) % 5]",
    "SQUARE[abs({int}) % 2, {int} % 3]",
    "SQUARE[abs({int}) % 2][{int} % 3]",
    "SQUARE[:, {int} % 3].sum()",
    "TABLE[{int} % 5 : 5].sum()",
    "ODDS[abs({int}) % 4] * {float}",
    "({float} if {bool} else {float})",
    "helper({float})",
    "helper({float}, {int})",
    "fold({float})",
    "np.interp({float}, (0.0, 1.0, 2.0), (1.0, 3.0, 2.0))",
    "float({int})",
    "round({float}, 2)",
    "sum(({float}, {float}, 1.0))",
    "math.fabs({float})",
    "np.sign({float})",
    "np.minimum({float}, {float})",
    "math.fmod({float}, 3.0)",
    "math.copysign({float}, {float})",
    "(not {bool}) * {float}",
)
INTEGERS = (
    "({int} + {int})",
    "({int} - {int})",
    "({int} * {int})",
    "({int} // {int})",
    "({int} % {int})",
    "({int} ** 2)",
    "({int} ** 25)",
    "(abs({int}) % 5 << 3)",
    "({int} << 40)",
    "(1 << abs({int}) % 70)",
    "({int} >> 1)",
    "({int} & {int})",
    "({int} | {int})",
    "({int} ^ 5)",
    "(-{int})",
    "abs({int})",
    "int({float})",
    "round({float})",
    "math.floor({float})",
    "math.ceil({float})",
    "divmod({int}, {int})[0]",
    "divmod({int}, {int})[1]",
    "min({int}, {int})",
    "max({int}, {int})",
    "COUNTS[{int} % 5]",
    "COUNTS[{int}]",
    "ODDS[{int} % 4]",
    "ladder(abs({int}) % 9)",
    "({int} if {bool} else {int})",
    "len(ODDS)",
    "sum((1, {int}, {int}))",
)
TRUTHS = (
    "({float} < {float})",
    "({int} == {int})",
    "({bool} and {bool})",
    "({bool} or {bool})",
    "(not {bool})",
    "(-1.0 < {float} <= 2.0)",
    "({int} != 3)",
    "({float} >= {int})",
    "({int} in ODDS)",
)
