"""No line is wider than the terminal, and nothing is cut, whatever the names."""

from __future__ import annotations

import pytest

from diamondsim.cli.app import app
from diamondsim.reporting import WIDTH
from tests.reporting.printed_answers import SHOWN, lines_of

NARROW = 80

OTHERS = {
    "completion",
    "new",
    "run",
    "trace",
    "backtest",
    "trade",
    "check",
    "scenarios",
    "dump",
    "schema",
    "plot",
    "report",
}
"""Commands whose texts have tests of their own, or that print no table."""


def test_the_cases_are_all_commands_that_print_an_answer():
    assert {command.split()[0] for command in SHOWN} | OTHERS == {*app.commands}


@pytest.mark.parametrize("columns", [NARROW, WIDTH])
@pytest.mark.parametrize("command", SHOWN)
def test_no_line_is_wider_than_the_terminal_and_nothing_is_cut(command, columns):
    lines = lines_of(command, columns)
    assert [line for line in lines if len(line) > columns or "…" in line] == []
    assert len(lines) > 3
