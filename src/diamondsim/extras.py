"""Libraries that come with an extra of the package, and what to say where one is not installed."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, requires


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
