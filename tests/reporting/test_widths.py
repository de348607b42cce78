"""No line is wider than the terminal, and nothing is cut, whatever the names."""

from __future__ import annotations

import pytest

from diamondsim.cli.app import app
from diamondsim.reporting import WIDTH
from tests.reporting.printed_answers import NARROW, PRINTED_BY_COMMANDS, SHOWN, lines_of, unfit

WITHOUT_TABLE = {"completion", "new", "dump", "schema", "plot", "report"}


def test_the_cases_are_all_commands_that_print_an_answer():
    assert {command.split()[0] for command in SHOWN} | PRINTED_BY_COMMANDS | WITHOUT_TABLE == {*app.commands}


@pytest.mark.parametrize("columns", [NARROW, WIDTH])
@pytest.mark.parametrize("command", SHOWN)
def test_no_line_is_wider_than_the_terminal_and_nothing_is_cut(command, columns):
    lines = lines_of(command, columns)
    assert unfit(lines, columns) == []
    assert len(lines) > 3
