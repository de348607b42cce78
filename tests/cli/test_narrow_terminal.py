"""What each command prints on a terminal of 80 columns: no line is wider, and no figure or name is broken."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.cli.short_runs import RUN
from tests.reporting.printed_answers import NARROW, PRINTED_BY_COMMANDS, unfit

BAN = RUN[1:]
TRADE = Path(__file__).resolve().parents[1] / "trade" / "files" / "comtrade_new.csv"
CALM = ("calm", "--set", "horizon.length=30 weeks")
COMMANDS = {
    "backtest": ("-n", "8"),
    "check": (*CALM, "--lanes"),
    "independence": (*CALM, "-n", "64", "--area", "allies=US,JP,KR,OA"),
    "run": (*BAN, "-n", "24", "--baseline", "none", "--quarters"),
    "scenarios": (),
    "trace": BAN[:-2],
    "trade": (str(TRADE),),
}


@pytest.fixture
def on_terminal(call, monkeypatch):
    """Return a function that calls a command as on a terminal, and returns the lines that it prints."""

    def called(*words: str) -> list[str]:
        monkeypatch.setenv("COLUMNS", str(NARROW))
        monkeypatch.setenv("TERM", "dumb")
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        code, out, err = call(*words)
        assert (code, err) == (0, "")
        return [re.sub(r"\x1b\[[0-9;]*m", "", line).rstrip() for line in out.splitlines()]

    return called


def test_the_commands_are_those_whose_tables_are_not_measured_elsewhere():
    assert {*COMMANDS} - {"independence"} == PRINTED_BY_COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_no_line_is_wider_than_the_terminal_and_no_figure_is_broken(on_terminal, command):
    lines = on_terminal(command, *COMMANDS[command])
    assert len(lines) > 3
    assert unfit(lines, NARROW) == []


def test_names_of_lanes_are_whole_and_those_to_one_place_stand_below_its_name(on_terminal):
    lines = on_terminal("check", *CALM, "--lanes")
    listed = lines[next(k for k, line in enumerate(lines) if line.startswith("Derived lanes")) :]
    place = listed.index("JP.polishing.micron")
    below = [line.split()[0] for line in listed[place + 1 : place + 4]]
    assert below == ["cn_makers.micron", "us_makers.micron", "jp_makers.micron"]


def test_where_another_program_reads_each_scenario_is_one_line(call):
    _, out, _ = call("scenarios")
    lines = out.splitlines()
    assert len({line.split()[0] for line in lines}) == len(lines)
    assert max(map(len, lines)) > NARROW
