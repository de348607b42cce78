"""Names of a package that are imported when they are first used (PEP 562).

A package that gathers the names of its modules would otherwise load all of them, and every library that one
of them needs, in each process that uses a single name.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Mapping
from importlib import import_module


def lazy_attributes(
    package: str, homes: Mapping[str, Collection[str]]
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Return the functions `__getattr__` and `__dir__` of a package.

    The package has `__all__`. A type checker needs the imports themselves, below `TYPE_CHECKING`;
    `tests/test_imports.py` compares them with `homes`. A module of the package must not have one of the
    names: it would hide it, once imported.

    Parameters
    ----------
    package : str
        Its `__name__`.
    homes : mapping of str to collection of str
        The names that each module defines. The module is named relative to the package; ``""`` holds the
        names of modules.

    Returns
    -------
    tuple of callable

    Examples
    --------
    >>> get, _ = lazy_attributes("diamondsim", {"errors": ["ScenarioError"], "": ["plot"]})
    >>> get("ScenarioError").__module__, get("plot").__name__
    ('diamondsim.errors', 'diamondsim.plot')
    """
    home_of = {name: home for home, names in homes.items() for name in names}

    def get(name: str) -> object:
        if name not in home_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        home = home_of[name]
        if not home:
            return import_module(f"{package}.{name}")  # the import sets the attribute
        value = getattr(import_module(f"{package}.{home}"), name)
        setattr(sys.modules[package], name, value)  # not asked for again
        return value

    def names() -> list[str]:
        return sorted(sys.modules[package].__all__)

    return get, names
