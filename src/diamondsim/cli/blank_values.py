"""No option or argument is an empty text: it would name the current folder, or a scenario without a name."""

from __future__ import annotations

from typing import Any

import click


def refuse_blanks(command: click.Command) -> None:
    """Have a command refuse empty texts, such as a variable of the shell that is not set, before any work."""
    for parameter in command.params:
        parameter.callback = _checked(parameter.callback)


def _checked(callback: Any) -> Any:
    def checked(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
        given = value if isinstance(value, tuple) else (value,)
        if any(not str(each).strip() for each in given if each is not None):
            raise click.BadParameter("expected a value, found an empty text", context, parameter)
        return value if callback is None else callback(context, parameter, value)

    return checked
