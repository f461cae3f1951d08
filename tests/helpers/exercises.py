"""How long the solution of an exercise is."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from typing import Any


def count_statements(solution: str | Callable[..., Any]) -> int:
    """Statements of a function, or of its source: nested ones included, the definition itself not.

    >>> count_statements("def f(x):\\n    y = x\\n    if y:\\n        y = 2\\n    return y")
    4
    """
    source = solution if isinstance(solution, str) else inspect.getsource(solution)
    return sum(isinstance(node, ast.stmt) for node in ast.walk(ast.parse(source))) - 1
