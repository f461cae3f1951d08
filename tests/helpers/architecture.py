"""The rules of the house, read off the source.

Imports run one way, there is one compiler, no banned name and no long file."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
MAX_LINES = 300

# From the types and the engine up; what shares a row may import its neighbours as long as no circle
# results. The package itself re-exports everything. `plot` sees all records, and nobody sees it at
# import time.
LAYERS = [
    {"typing"},
    {"engine"},
    {"sde", "estimate", "moments", "display"},
    {"densities", "methods"},
    {"motion"},
    {"langevin", "score"},
    {"models", "integrals", "variation"},
    {"solver"},
    {"passage", "laboratory", "kolmogorov"},
    {"cli", "claims", "plot", "citations", "memory", "pages"},
    {"", "__main__"},
]
RANK = {name: rank for rank, row in enumerate(LAYERS) for name in row}
COMPILERS = {"numba", "llvmlite"}
UNSAFE_MODULES = {
    *("pickle", "_pickle", "cloudpickle", "marshal", "dill", "joblib", "shelve"),
    *("sympy", "numexpr", "yaml"),
}
BANNED_NAMES = {"fastmath", "prange", "sympify", "parse_expr", "cloudpickle"}
# The rest of np.random is a global state.
NEW_RANDOM = {"default_rng", "Generator", "SeedSequence", "BitGenerator"}
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME)\b")


class Import(NamedTuple):
    """One import: who, what, and whether it runs when the importer is imported.

    What is imported is a module, as far as can be told."""

    importer: str
    target: str
    at_import_time: bool
    for_typing: bool
    line: int


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def package_sources() -> dict[str, str]:
    """Source of every module of the package, by dotted name."""
    return {
        module_name(path): path.read_text() for path in sorted((ROOT / "stochcalc").rglob("*.py"))
    }


def python_files() -> dict[str, str]:
    folders = ("stochcalc", "tests", "gallery", "benchmarks")
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return {str(path.relative_to(ROOT)): path.read_text() for path in paths}


def is_typing_block(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def statements(
    tree: ast.AST, lazy: bool = False, typing: bool = False
) -> Iterator[tuple[ast.AST, bool, bool]]:
    """Every node below, whether it waits for a call, and whether only a type checker reads it."""
    for node in ast.iter_child_nodes(tree):
        inner = lazy or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        checked = typing or is_typing_block(node)
        yield node, inner, checked
        yield from statements(node, inner, checked)


def imports(name: str, source: str, modules: set[str]) -> Iterator[Import]:
    """All imports of a module.

    `modules` tells a submodule from a name, and a package from a file.
    """
    is_package = any(other.startswith(name + ".") for other in modules)
    for node, lazy, typing in statements(ast.parse(source)):
        targets: list[str] = []
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = name.split(".")
                parts = parts[: len(parts) - node.level + is_package]
                base = ".".join(parts + ([node.module] if node.module else []))
            for alias in node.names:
                full = f"{base}.{alias.name}"
                targets.append(full if full in modules else base)
        for target in dict.fromkeys(targets):
            yield Import(name, target, not (lazy or typing), typing, node.lineno)


def all_imports(sources: dict[str, str]) -> list[Import]:
    return [
        found for name, source in sources.items() for found in imports(name, source, set(sources))
    ]


def component(module: str) -> str:
    """`stochcalc.engine.philox` belongs to `engine`; the package itself to the empty name."""
    return module.split(".")[1] if "." in module else ""


def internal(found: Import) -> bool:
    return found.target.split(".")[0] == "stochcalc"


def layer_violations(sources: dict[str, str]) -> list[str]:
    bad = [
        f"{name}: give `{component(name)}` a layer"
        for name in sources
        if component(name) not in RANK
    ]
    for found in filter(internal, all_imports(sources)):
        here, there = component(found.importer), component(found.target)
        if here == there or here not in RANK or there not in RANK:
            continue
        if there == "plot":
            if found.at_import_time:
                bad.append(f"{found.importer}:{found.line} imports plot at import time")
        elif RANK[there] > RANK[here]:
            bad.append(f"{found.importer}:{found.line} imports {found.target} from a layer above")
    return bad


def circles(sources: dict[str, str]) -> list[str]:
    """Circles among modules.

    Lazy imports count, but those of plot do not: that is what its laziness is for.
    """
    graph: dict[str, set[str]] = {name: set() for name in sources}
    for found in filter(internal, all_imports(sources)):
        lazy_plot = component(found.target) == "plot" and not found.at_import_time
        if found.target in graph and not lazy_plot and not found.for_typing:
            graph[found.importer].add(found.target)
    # Remove what imports nothing that is left, again and again: what remains leads into a circle.
    while leaves := {name for name, targets in graph.items() if not targets}:
        graph = {name: targets - leaves for name, targets in graph.items() if name not in leaves}
    return [f"{name} imports {sorted(targets)}" for name, targets in sorted(graph.items())]


def compiler_violations(sources: dict[str, str]) -> list[str]:
    return [
        f"{found.importer}:{found.line} imports {found.target}"
        for found in all_imports(sources)
        if found.target.split(".")[0] in COMPILERS and component(found.importer) != "engine"
    ]


def matplotlib_violations(sources: dict[str, str]) -> list[str]:
    return [
        f"{found.importer}:{found.line} imports {found.target}"
        for found in all_imports(sources)
        if found.target.split(".")[0] in {"matplotlib", "mpl_toolkits"}
        and not found.for_typing
        and (component(found.importer) != "plot" or found.at_import_time)
    ]


def banned(node: ast.AST) -> str | None:
    """Why a node may not stand in the package, or None."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name) if (
            name in BANNED_NAMES
        ):
            return name
        case ast.Constant(value=str(name)) if name in BANNED_NAMES:
            return name
        case ast.Call(func=ast.Name(id="eval" | "exec" | "compile" | "__import__" as name)):
            return f"{name}()"
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="np" | "numpy"), attr="load"), keywords=keywords
        ) if all(keyword.arg != "allow_pickle" for keyword in keywords):
            return "np.load without allow_pickle=False"
        case ast.keyword(arg="fastmath"):
            return "fastmath"
        case ast.keyword(arg="parallel" | "allow_pickle" as name, value=value):
            return None if isinstance(value, ast.Constant) and value.value is False else name
        case ast.Dict(keys=keys) if any(
            isinstance(k, ast.Constant) and k.value == "parallel" for k in keys
        ):
            return "parallel"
        case ast.Attribute(
            value=ast.Attribute(value=ast.Name(id="np" | "numpy"), attr="random"), attr=name
        ):
            return None if name in NEW_RANDOM else f"np.random.{name}"
        case ast.ImportFrom(module="numpy.random", names=names):
            return next((f"numpy.random.{a.name}" for a in names if a.name not in NEW_RANDOM), None)
        case ast.ImportFrom(module="numpy", names=names) if any(a.name == "random" for a in names):
            return "numpy.random: import numpy, so that its use can be read off"
        case ast.Import(names=names):
            return next((a.name for a in names if a.name.split(".")[0] in UNSAFE_MODULES), None)
        case ast.ImportFrom(module=str(name)) if name.split(".")[0] in UNSAFE_MODULES:
            return name
    return None


def banned_names(sources: dict[str, str]) -> list[str]:
    return [
        f"{name}:{getattr(node, 'lineno', '?')} has {why}"
        for name, source in sources.items()
        for node in ast.walk(ast.parse(source))
        if (why := banned(node))
    ]


def unnamed_files(sources: dict[str, str]) -> list[str]:
    """Name the files and folders that the docstring of their folder does not name in backticks.

    The docstring of the package names its chapters in a table, and that of the theorems says that
    all files there are alike.
    """
    found = []
    for name in sources:
        folder, _, file = name.rpartition(".")
        if folder in ("", "stochcalc", "stochcalc.claims.theorems"):
            continue
        docstring = ast.get_docstring(ast.parse(sources[folder])) or ""
        named = {word for code in re.findall(r"`([^`]+)`", docstring) for word in code.split("/")}
        if file not in {word.split()[-1] for word in named}:
            found.append(f"{folder}: say in which order to read `{file}`, and what it is for")
    return found


def long_files(sources: dict[str, str]) -> list[str]:
    counts = {name: len(source.splitlines()) for name, source in sources.items()}
    return [f"{name} has {count} lines" for name, count in counts.items() if count >= MAX_LINES]


def unfinished(sources: dict[str, str]) -> list[str]:
    return [
        f"{name}: {found[0]}"
        for name, source in sources.items()
        if (found := UNFINISHED.search(source))
    ]


def package(**modules: str) -> dict[str, str]:
    """A synthetic package: `engine__philox="..."` is stochcalc.engine.philox."""
    return {"stochcalc": ""} | {
        "stochcalc." + name.replace("__", "."): text for name, text in modules.items()
    }


def cut_summaries(sources: dict[str, str]) -> list[str]:
    """Name docstrings whose first paragraph ends inside a sentence: after " ." or " ..".

    A formatter takes the point of w . x, or the dots of 0 .. n, for the end of a sentence.
    """
    found = []
    for path, source in sources.items():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                summary = (ast.get_docstring(node) or "").split("\n\n")[0]
                if summary.endswith((" .", " ..")):
                    found.append(f"{path}: {summary}")
    return found
