"""Mistakes in options: every message names the option as it is written, never the argument of a call."""

from __future__ import annotations

import inspect
import re

import click
import pytest

import diamondsim as ds
from diamondsim.cli.app import app
from diamondsim.cli.argument_names import option_of
from tests.cli.short_runs import BAN, CHANGES

SET = tuple(word for change in CHANGES for word in ("--set", change))
SHORT = (*SET, "-n", "40", "--workers", "1")
USE = ("--use", "home.u")
STOCK = ("--variant", "stock: inventory_policy.u.opening=60 days")
COVER = "inventory_policy.u.cover"
RIGHT = {
    "run": (str(BAN), *SHORT),
    "trace": (str(BAN), *SET),
    "admitted": (str(BAN), *SET, "-n", "8"),
    "compare": (str(BAN), *STOCK, *SHORT),
    "select": (str(BAN), *STOCK, *USE, "--indifference", "1%", *SHORT),
    "marginal": (str(BAN), "--step", f"{COVER}=1 day", *SHORT),
    "information": (str(BAN), *STOCK, *USE, *SHORT),
    "sensitivity": (str(BAN), *USE, *SHORT),
    "discover": (str(BAN), *USE, "--metric", "shortage", "--above", "1 ct", *SHORT),
    "flip": (str(BAN), COVER, *USE, "--threshold", "9%", "--from", "1 day", "--to", "9 days", *SHORT),
    "mixture": (f"{BAN}=50%", "calm=50%", "-n", "8", "--workers", "1"),
    "independence": (str(BAN), *SET, "-n", "8"),
    "size-reserve": (str(BAN), *USE, "--chance", "50%", "--grade", "g", "--serves", "u", *SHORT),
    "size-stock": (str(BAN), "home.u", "--chance", "50%", *SHORT),
    "worst-start": (str(BAN), "ban", *USE, "--from", "2026-01-06", "--to", "2026-02-06", *SHORT),
    "reverse-stress": (str(BAN), *USE, "--shock", f"{COVER}=9 days..1 day", *SHORT),
}
"""Words of commands in which nothing is wrong."""
WRONG = ("nonsense", "-7%")

ARGUMENTS = frozenset(
    name
    for function in (getattr(ds, name) for name in ds.__all__)
    if inspect.isfunction(function)
    for name in inspect.signature(function).parameters
)
"""Of all calls."""


def options_of_text(command: click.Command) -> list[str]:
    """Return the options whose values diamondsim reads itself, not click."""
    return [
        max(option.opts, key=len)
        for option in command.params
        if isinstance(option, click.Option) and isinstance(option.type, click.types.StringParamType)
    ]


CASES = [
    (command, option)
    for command in RIGHT
    for option in options_of_text(app.commands[command])
    if option not in ("--set", "--baseline")  # checked with the scenario, and by `run` itself
]


def test_the_cases_are_those_of_all_commands_that_ask_about_a_scenario():
    assert {name for name, command in app.commands.items() if "scenario" in str(command.params[0].name)} <= {
        *RIGHT, "check", "dump",
    }  # fmt: skip
    assert ("select", "--indifference") in CASES
    assert ("flip", "--from") in CASES


@pytest.mark.parametrize("command, option", CASES, ids=[" ".join(case) for case in CASES])
def test_a_wrong_value_names_its_option_and_no_argument(call, command, option):
    named = {name: option_of(name, app.commands[command]) for name in ARGUMENTS}
    arguments = [name for name, written in named.items() if written.startswith("-")]
    for wrong in WRONG:
        code, out, err = call(command, *RIGHT[command], option, wrong)
        assert (code, out) == (2, ""), wrong
        # A place in a scenario such as `uses.u:` is none.
        assert re.findall(rf"(?<![-\w.])(?:{'|'.join(arguments)}): ", err) == []
        assert option in err or wrong in err
