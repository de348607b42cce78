"""Mistakes in arguments of library calls, as mistakes in the options of the command that gave them.

The parameter of a command that becomes an argument of a call has its name, so that the parser itself knows
the option. A parameter from which several arguments are made, or one of another form, is named here.
"""

from __future__ import annotations

import re
from dataclasses import replace

import click

from diamondsim.arguments import ArgumentError
from diamondsim.errors import Problem, ScenarioError

_MADE_FROM = {
    "region": ("place",),
    "use": ("place",),
    "starts": ("first", "last"),
    "half_width": ("until",),
}
"""Parameters of commands by the argument that is made from them."""


def with_options(
    error: ArgumentError | ScenarioError, command: click.Command
) -> click.UsageError | ScenarioError | None:
    """Return an error that names options of a command where a call names its arguments.

    Parameters
    ----------
    error : ArgumentError or ScenarioError
    command : click.Command
        That made the call.

    Returns
    -------
    click.UsageError, ScenarioError or None
        None where no option of the command gave the argument: then the mistake is none of the user's.
    """
    if isinstance(error, ScenarioError):
        return ScenarioError(_with_option(problem, command) for problem in error.problems)
    option = option_of(error.argument, command)
    return click.UsageError(f"{option}: {_in_text(error.why, command)}") if option else None


def option_of(argument: str, command: click.Command) -> str:
    """Return how a user writes the option, or calls the positional argument, that gives an argument.

    Parameters
    ----------
    argument : str
        Of a library call.
    command : click.Command

    Returns
    -------
    str
        Several options with a comma; empty if there is none.

    Examples
    --------
    >>> from diamondsim.cli.flip import flip_command
    >>> option_of("low", flip_command), option_of("region", flip_command), option_of("path", flip_command)
    ('--from', '--use', 'PATH')
    """
    parameters = {parameter.name: parameter for parameter in command.params}
    names = (argument,) if argument in parameters else _MADE_FROM.get(argument, ())
    return ", ".join(_written(parameters[name]) for name in names if name in parameters)


def _with_option(problem: Problem, command: click.Command) -> Problem:
    if problem.path or problem.file:  # what is in backticks there is a key
        why = problem.why
    else:
        why = _in_text(problem.why, command)
    option = option_of(problem.argument, command)
    return replace(problem, why=why, argument=option or problem.argument)


def _in_text(text: str, command: click.Command) -> str:
    """Return a text with the options in place of the arguments that stand in backticks."""

    def written(match: re.Match[str]) -> str:
        option = option_of(match[1], command)
        return option if option.startswith("-") else match[0]

    return re.sub(r"`(\w+)`", written, text)


def _written(parameter: click.Parameter) -> str:
    if isinstance(parameter, click.Option):
        return max(parameter.opts, key=len)
    return parameter.make_metavar(click.Context(click.Command(None))).strip("[].")
