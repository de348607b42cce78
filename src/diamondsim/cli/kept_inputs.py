"""No command replaces a file that it reads."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

_OUTPUTS = ("output", "page", "dataset")
"""Parameters that name a file which a command writes."""


def keep_inputs(command: click.Command) -> None:
    """Have a command refuse to write to a file that another of its parameters names, before any work."""
    function = command.callback
    if function is None or not any(parameter.name in _OUTPUTS for parameter in command.params):
        return

    @functools.wraps(function)
    def guarded(*args: Any, **values: Any) -> Any:
        _refuse_overwriting(click.get_current_context())
        return function(*args, **values)

    command.callback = guarded


def _refuse_overwriting(context: click.Context) -> None:
    """Check that no file which a command writes is one of those that it reads.

    Raises
    ------
    click.UsageError
    """
    given = context.params
    inputs = [path for name in given.keys() - {*_OUTPUTS} for path in _files(given[name])]
    for parameter in context.command.params:
        output = given.get(parameter.name or "")
        if parameter.name not in _OUTPUTS or output is None or not _is_there(Path(output)):
            continue
        if any(each.samefile(output) for each in inputs):
            option = max(parameter.opts, key=len)
            raise click.UsageError(
                f"{option}: expected a file that the command does not read, found '{output}'"
            )


def _files(value: object) -> Iterator[Path]:
    """Yield the existing files that a value of a parameter names."""
    if isinstance(value, tuple):
        for each in value:
            yield from _files(each)
    elif isinstance(value, str | Path):
        path = Path(value)
        # A word alone is the name of a shipped scenario, whatever file has the same name.
        if (path.suffix or os.sep in str(value)) and _is_there(path):
            yield path


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # too long for a name, or with a null byte
        return False
