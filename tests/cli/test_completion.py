"""Completion in a shell: what is offered, and the scripts that switch it on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from diamondsim.cli.app import app
from diamondsim.scenario import shipped_scenarios


def offered(*words: str, monkeypatch, capsys) -> list[tuple[str, str]]:
    """What bash is told after some words, the last of which is incomplete: kinds and values."""
    monkeypatch.setenv("COMP_WORDS", " ".join(["diamondsim", *words]))
    monkeypatch.setenv("COMP_CWORD", str(len(words)))
    monkeypatch.setenv("_DIAMONDSIM_COMPLETE", "bash_complete")
    with pytest.raises(SystemExit) as left:
        app.main([], "diamondsim", standalone_mode=False)
    assert left.value.code == 0
    lines = capsys.readouterr().out.split()
    return [(kind, value) for kind, _, value in (line.partition(",") for line in lines)]


@pytest.fixture
def complete(monkeypatch, capsys):
    return lambda *words: offered(*words, monkeypatch=monkeypatch, capsys=capsys)


@pytest.mark.parametrize(
    "words",
    [("run",), ("compare", "rollover"), ("discover",), ("plot", "tornado"), ("trade", "a.csv", "--base")],
    ids=" ".join,
)
def test_scenarios_and_files_are_offered_where_a_scenario_is_expected(words, complete):
    assert complete(*words, "re") == [("file", "re"), *(("plain", n) for n in _shipped("re"))]
    assert "reinstated-2027" in _shipped("re")


def _shipped(begin: str) -> list[str]:
    return [x.name for x in shipped_scenarios() if not x.component and x.name.startswith(begin)]


def test_building_blocks_are_not_offered(complete):
    assert complete("run", "marke") == [("file", "marke")]


@pytest.mark.parametrize(
    "words",
    [
        ("flip", "lapse-2027", "inventory_policy.polishing.cover", "--use"),
        ("select", "lapse-2027", "rollover", "--indifference", "1%", "--use"),
        ("plot", "shortage-heat-map", "lapse-2027", "--use"),
    ],
    ids=" ".join,
)
def test_the_uses_of_the_scenario_are_offered(words, complete):
    assert complete(*words, "US.po") == [("plain", "US.polishing")]


def test_no_uses_are_offered_where_no_scenario_can_be_read(complete):
    assert complete("discover", "no-such-scenario", "--use", "US") == []
    assert complete("discover", "--use", "US") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell_calls_the_program(shell, call):
    code, out, _ = call("completion", shell)
    assert code == 0
    assert f"_DIAMONDSIM_COMPLETE={shell}_complete" in out


@pytest.mark.skipif(os.name == "nt" or not shutil.which("bash"), reason="needs bash")
def test_bash_completes_with_the_script(tmp_path):
    """As a user has it: the script is evaluated, and bash asks its function for the words that fit."""
    program = tmp_path / "diamondsim"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m diamondsim "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    ask = (
        'eval "$(diamondsim completion bash)"; COMP_WORDS=(diamondsim run lapse-); COMP_CWORD=2; '
        'compopt() { :; }; _diamondsim_completion diamondsim; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "--norc", "-c", ask],
        env={**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == _shipped("lapse-"), done.stderr


def test_a_shell_that_is_not_known_is_refused(call):
    code, _, err = call("completion", "tcsh")
    assert code == 2
    assert "'bash', 'zsh', 'fish'" in err


@pytest.mark.parametrize("command", ["completion", "plot"])
def test_the_help_keeps_the_lines_that_belong_together(command, call):
    code, out, _ = call(command, "--help")
    assert code == 0
    assert "\\b" not in out
    assert "\b" not in out
    begins = {"completion": ("bash, in", "zsh, in", "fish, in"), "plot": ("of a run:", "of a scenario:")}
    assert [line for line in out.splitlines() if line.strip().startswith(begins[command])]
    for begin in begins[command]:
        assert sum(line.strip().startswith(begin) for line in out.splitlines()) == 1
