"""Scenarios that failed among several, as attributes of the answer of the others.

Attributes are texts, which NetCDF and Zarr keep: a line for each scenario, with its name in `failed` and the
reason at the same place of `failures`. Both are empty where nothing failed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def failure_attrs(failures: Mapping[str, str]) -> dict[str, str]:
    """Return the attributes for scenarios that failed.

    Parameters
    ----------
    failures : mapping of str to str
        Why each failed, on one line, by its name.
    """
    return {"failed": "\n".join(failures), "failures": "\n".join(failures.values())}


def failures_in(attrs: Mapping[Any, Any]) -> dict[str, str]:
    """Return why scenarios failed, by name, from the attributes of an answer.

    Examples
    --------
    >>> failures_in(failure_attrs({"stock": "ZeroDivisionError: division by zero"}))
    {'stock': 'ZeroDivisionError: division by zero'}
    """
    names, reasons = (str(attrs.get(name, "")).splitlines() for name in ("failed", "failures"))
    return dict(zip(names, reasons, strict=True))
