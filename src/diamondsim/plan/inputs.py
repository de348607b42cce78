"""Every uncertain or certain number of a plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

from diamondsim.plan.structure import Input


def inputs(value: object) -> Iterator[Input]:
    """Yield every Input in a plan or a part of it."""
    if isinstance(value, Input):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from inputs(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from inputs(item)
    elif is_dataclass(value):
        for field in fields(value):
            yield from inputs(getattr(value, field.name))
