"""Libraries that come with an extra of the package, and what to say where one is not installed."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import PackageNotFoundError, requires
from typing import Any


def import_of_extra(module: str, what: str, extra: str, packages: Mapping[str, str]) -> Any:
    """Return a module that an extra of the package installs.

    Parameters
    ----------
    module : str
    what, extra : str
        As for `not_installed`.
    packages : mapping of str to str
        The names under which the libraries of the extra are installed, by their modules.

    Raises
    ------
    ModuleNotFoundError
        If it is not installed; the message names the extra.

    Examples
    --------
    >>> import_of_extra("json", "documents need", "report", {}).__name__
    'json'
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        package = packages.get((error.name or "").partition(".")[0])
        if package is None:
            raise
        raise ModuleNotFoundError(not_installed(what, package, extra), name=error.name) from None


def not_installed(what: str, library: str, extra: str) -> str:
    """Return the message for somebody who lacks a library.

    Parameters
    ----------
    what : str
        What needs it, in the plural or the singular with its verb: "pictures need".
    library : str
        The library, by the name under which it is installed.
    extra : str
        The extra of this package that installs it.

    Returns
    -------
    str
        With the releases that the metadata of the package ask for.

    Examples
    --------
    >>> not_installed("stores need", "zarr", "zarr")
    "stores need zarr, which is not installed: pip install 'zarr>=3.1.2' (the extra 'zarr' of diamondsim)"
    """
    return (
        f"{what} {library}, which is not installed: pip install '{_requirement(library, extra)}' "
        f"(the extra '{extra}' of diamondsim)"
    )


def _requirement(library: str, extra: str) -> str:
    """Return the library with the releases that the extra takes, as far as the package has metadata."""
    try:
        declared = requires("diamondsim") or ()
    except PackageNotFoundError:
        declared = ()
    for line in declared:
        requirement, _, condition = (part.strip() for part in line.partition(";"))
        if requirement.startswith(library) and f"extra == '{extra}'" in condition.replace('"', "'"):
            return requirement
    return library
