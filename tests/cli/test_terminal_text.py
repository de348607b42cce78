"""No character of a name reaches the terminal as a command to it, and warnings fit its width."""

from __future__ import annotations

import json
import sys
import warnings

import pytest

from diamondsim.cli.streams import python_warnings, warn

RIGHT_TO_LEFT = "\u202e"
NAMED = f"""\
extends: calm
title: "A{RIGHT_TO_LEFT}lapse"
horizon: {{length: 30 weeks}}
uses:
  polishing: {{name: "Wafer{RIGHT_TO_LEFT}s"}}
"""
SHOWN = "A\\u202elapse"


@pytest.fixture
def named(tmp_path, monkeypatch):
    """The path of a scenario whose names would turn text around and colour it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "named.yaml").write_text(NAMED, encoding="utf-8")
    return "./named.yaml"


def make_terminals(monkeypatch):
    """Let both streams be terminals of 60 columns."""
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("TERM", "dumb")
    for stream in (sys.stdout, sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: True)


@pytest.mark.parametrize("command", ["check", "run -n 20 -q --baseline none", "trace"])
def test_a_name_is_printed_with_its_controls_as_escapes(call, named, command):
    code, out, err = call(*command.split(), named)
    assert code == 0
    assert SHOWN in out
    assert RIGHT_TO_LEFT not in out + err


def test_a_terminal_gets_none_either(call, named, monkeypatch):
    make_terminals(monkeypatch)
    code, out, err = call("check", named)
    assert code == 0
    assert SHOWN in out
    assert RIGHT_TO_LEFT not in out + err
    code, out, _ = call("dump", named)
    assert code == 0
    assert RIGHT_TO_LEFT not in out


def test_a_file_keeps_them_and_a_document_says_the_same(call, named):
    assert RIGHT_TO_LEFT in call("dump", named)[1]
    _, out, _ = call("run", named, "-n", "20", "--json", "-q")
    assert RIGHT_TO_LEFT not in out
    assert json.loads(out)["scenario"]["title"] == f"A{RIGHT_TO_LEFT}lapse"


@pytest.mark.parametrize("control", [RIGHT_TO_LEFT, "\x1b[31m"])
@pytest.mark.parametrize("words", ["check a{}b", "run calm --{}x", "run calm --use {}", "plot heat{} calm"])
def test_a_message_has_them_as_escapes(call, words, control):
    code, _, err = call(*words.format(control).split())
    assert code == 2
    assert control not in err


def test_warnings_are_wrapped_on_a_terminal_and_one_line_of_a_log(capsys, monkeypatch):
    make_terminals(monkeypatch)
    text = "a use that is short, " * 6
    with python_warnings():
        warnings.simplefilter("always")
        warnings.warn(text, UserWarning, stacklevel=1)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) > 1
    assert lines[0].startswith("warning: a use")
    assert max(map(len, lines)) <= 60
    monkeypatch.setattr(sys.stderr, "isatty", lambda: False)
    warn(text)
    assert capsys.readouterr().err == f"warning: {text}\n"


def test_all_output_passes_the_place_that_escapes():
    from pathlib import Path

    import diamondsim.cli

    modules = Path(diamondsim.cli.__file__).parent.glob("*.py")
    printing = {file.name for file in modules if "click.echo" in file.read_text("utf-8")}
    assert printing == {"streams.py"}
