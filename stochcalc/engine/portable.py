"""Functions that are made by other functions, in a form that pickle and other processes accept.

Python names a function by its module and its place there, and sends only this name to a file or to
another process. A function that was made inside another one has no such name. But the function that
made it has one: `portable` decorates a maker, so that what it makes remembers the maker and the
arguments, which together are a `Recipe`. A lambda of the package itself is known by its `Place`. A
`Portable` record puts these in the place of such functions when it is copied to a file or a
process, and follows them when it is read.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from types import BuiltinFunctionType, FunctionType
from typing import Any, ParamSpec, SupportsIndex, TypeVar

from stochcalc.engine.places import Compiled, Name, Place, find_name, find_place

P = ParamSpec("P")
R = TypeVar("R")
RECIPE = "_recipe"  # the attribute in which a made function or record keeps its recipe


@dataclass(frozen=True)
class Recipe:
    """How a function or a record was made, and which part of it is meant.

    Attributes
    ----------
    make : callable
        The maker, a function that can be imported by its name.
    arguments : tuple
        Its positional arguments.
    keywords : dict
        Its keyword arguments.
    part : str
        The attribute of the record that is meant; empty for all of it.
    """

    make: Callable[..., Any]
    arguments: tuple[Any, ...]
    keywords: dict[str, Any]
    part: str = ""

    def read_arguments(self) -> list[Any]:
        """Return the positional arguments, with functions in the place of their recipes."""
        return [unpack(item) for item in self.arguments]

    def follow(self) -> object:
        """Make the function or the record again."""
        arguments = self.read_arguments()
        keywords = {name: unpack(item) for name, item in self.keywords.items()}
        made: object = self.make(*arguments, **keywords)
        if self.part:
            made = getattr(made, self.part)
        return made


def portable(make: Callable[P, R]) -> Callable[P, R]:
    """Let what a maker of functions, or of records with functions, returns remember its recipe.

    Parameters
    ----------
    make : callable
        A function at the top of a module. The same arguments must always make the same.
    """

    @functools.wraps(make)
    def remembering(*arguments: P.args, **keywords: P.kwargs) -> R:
        made = make(*arguments, **keywords)
        packed = tuple(pack(item) for item in arguments)
        named = {name: pack(item) for name, item in keywords.items()}
        recipe = Recipe(remembering, packed, named)
        object.__setattr__(made, RECIPE, recipe)
        if is_dataclass(made):
            for item in fields(made):
                value = getattr(made, item.name)
                if isinstance(value, FunctionType) and not _can_be_imported(value):
                    part = Recipe(remembering, packed, named, item.name)
                    setattr(value, RECIPE, part)
        return made

    return remembering


class Portable:
    """A record whose functions are replaced by their recipes in a file or on the way elsewhere."""

    def __reduce_ex__(self, protocol: SupportsIndex) -> str | tuple[Any, ...]:
        """Return what `copy` and `pickle` need: the recipe, or the fields with recipes in them."""
        recipe = self.__dict__.get(RECIPE)
        if recipe is not None:
            return recipe.follow, ()
        return super().__reduce_ex__(protocol)

    def __getstate__(self) -> dict[str, Any]:
        """Return the fields, with recipes in the place of functions."""
        return {name: pack(value) for name, value in vars(self).items()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Set the fields, and follow the recipes."""
        for name, value in state.items():
            object.__setattr__(self, name, unpack(value))


def pack(value: object) -> object:
    """Return a value with recipes in the place of the functions that have one."""
    if isinstance(value, FunctionType):
        return _pack_function(value)
    if isinstance(value, Compiled):
        return find_recipe(value) or find_name(value) or value
    if isinstance(value, functools.partial):
        parts = pack((value.func, *value.args))
        assert isinstance(parts, tuple)
        return Recipe(functools.partial, parts, {k: pack(v) for k, v in value.keywords.items()})
    if isinstance(value, dict):
        return {name: pack(item) for name, item in value.items()}
    if isinstance(value, tuple):
        return _map_tuple(pack, value)
    return value


def _map_tuple(function: Callable[[object], object], values: tuple[Any, ...]) -> object:
    """Return a tuple of what a function makes of values; a named tuple stays one."""
    made = [function(item) for item in values]
    if hasattr(values, "_make"):
        named: object = values._make(made)
        return named
    if type(values) is not tuple:
        return values
    return tuple(made)


def _pack_function(function: FunctionType) -> object:
    """Return the recipe of a function, its place if it has no name, or else the function."""
    recipe = find_recipe(function)
    if recipe is not None:
        return recipe
    if _can_be_imported(function):
        return function
    place = find_place(function)
    if place is None:
        return function
    return place.change(pack)


def unpack(value: object) -> object:
    """Return a value with functions in the place of their recipes."""
    if isinstance(value, Recipe | Name):
        return value.follow()
    if isinstance(value, Place):
        return value.change(unpack).follow()
    if isinstance(value, dict):
        return {name: unpack(item) for name, item in value.items()}
    if isinstance(value, tuple):
        return _map_tuple(unpack, value)
    return value


def find_recipe(function: object) -> Recipe | None:
    """Return the recipe of a function that was made by another one, or None."""
    recipe: Recipe | None = getattr(function, RECIPE, None)
    return recipe


def find_unportable(value: object) -> str | None:
    """Return the name of a function in a value that has neither a recipe nor a name, or None.

    Parameters
    ----------
    value : object
        A record, a tuple, a dict, a function or plain data.
    """
    if isinstance(value, FunctionType):
        recipe = find_recipe(value)
        if recipe is not None:
            return find_unportable((recipe.arguments, recipe.keywords))
        if _can_be_imported(value):
            return None
        place = find_place(value)
        if place is not None:
            return find_unportable((place.defaults or (), place.closure))
        return value.__qualname__
    if isinstance(value, functools.partial):
        return find_unportable((value.func, value.args, value.keywords))
    if isinstance(value, dict):
        return find_unportable(tuple(value.values()))
    if isinstance(value, tuple):
        names = (find_unportable(item) for item in value)
        return next((name for name in names if name is not None), None)
    if is_dataclass(value) and not isinstance(value, type):
        return find_unportable(tuple(getattr(value, item.name) for item in fields(value)))
    if callable(value) and not isinstance(value, type | Compiled | BuiltinFunctionType):
        kind = type(value)
        if getattr(sys.modules.get(kind.__module__), kind.__qualname__, None) is not kind:
            return kind.__qualname__
    return None


def _can_be_imported(function: FunctionType | BuiltinFunctionType) -> bool:
    """Say whether a function is found again under its module and its name."""
    place: Any = sys.modules.get(function.__module__ or "")
    for name in function.__qualname__.split("."):
        place = getattr(place, name, None)
    return place is function
