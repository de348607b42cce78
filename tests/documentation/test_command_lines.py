"""The command lines of every page work; those that take minutes are at least accepted."""

from __future__ import annotations

import functools
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import dev
from benchmarks.__main__ import parser
from benchmarks.coverage import parser as coverage_parser
from benchmarks.mechanisms.__main__ import parser as mechanisms_parser
from benchmarks.monotonicity.__main__ import parser as monotonicity_parser
from benchmarks.traces.__main__ import parser as traces_parser
from diamondsim.cli import main
from diamondsim.cli.app import app
from diamondsim.scenario import shipped_scenarios
from tests.documentation.command_lines import (
    DEV,
    PACKAGE,
    CommandLine,
    command_lines,
    command_of,
    replications_of,
    shortened,
    unknown_words,
)
from tests.documentation.exceptions import is_run
from tests.documentation.pages import ROOT, RUN_PAGES, Block, blocks_of_all_pages, inline_code
from tests.documentation.scenario_blocks import write_named_files

COMMAND_BLOCKS = [block for block in blocks_of_all_pages() if command_lines(block) and is_run(block)]


def first_places() -> dict[tuple[str, ...], str]:
    """Return where each command stands first."""
    places: dict[tuple[str, ...], str] = {}
    for block in COMMAND_BLOCKS:
        for line in command_lines(block):
            command = command_of(line)
            if command is not None:
                places.setdefault(command, line.place)
    return places


FIRST_PLACES = first_places()


@pytest.fixture
def handed_on(monkeypatch) -> list[list[str]]:
    """Let dev.py set up and start nothing; return a list that takes what it would start."""
    started: list[list[str]] = []

    def start(words, *_, **__) -> int:
        started.append([str(word) for word in words])
        return 0

    monkeypatch.setattr(dev, "set_up", lambda: True)
    monkeypatch.setattr(dev, "set_up_peers", lambda: dev.PYTHON)
    monkeypatch.setattr(dev, "set_up_oldest", lambda: dev.PYTHON)
    monkeypatch.setattr(dev, "child", start)
    monkeypatch.setattr(dev, "subprocess", SimpleNamespace(call=start))
    return started


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """The empty folder of a reader."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)  # which the command replaces
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("block", COMMAND_BLOCKS, ids=str)
def test_the_command_lines_of_a_block_work(block, folder, handed_on, capsys):
    write_named_files(block.page, folder)
    called = [(line, words_of_package(line, handed_on)) for line in command_lines(block)]
    commands = [(line, words) for line, words in called if words is not None]
    if any(words[:1] == ["plot"] for _, words in commands):
        pytest.importorskip("matplotlib.pyplot", reason="an extra")
    most = max((replications_of(words) or 1 for _, words in commands), default=1)
    for line, words in commands:
        command = command_of(line)
        if command is None or FIRST_PLACES[command] == line.place:
            execute(line, words, most, capsys)


def words_of_package(line: CommandLine, handed_on: list[list[str]]) -> list[str] | None:
    """Return the words for `diamondsim`; None after another command of dev.py, which is checked here."""
    words = line.words_for(PACKAGE)
    if words is not None:
        return words
    words = line.words_for(DEV)
    assert words is not None, f"{line.place}: expected dev.py or diamondsim, found {line.words[0]!r}"
    handed_on.clear()
    assert dev.main(words) == 0, f"{line.place}: dev.py refuses {words}"
    if words and words[0] == "run":
        assert handed_on[0][:2] == ["-m", "diamondsim"]
        return handed_on[0][2:]
    if words and words[0] == "monotonicity":
        monotonicity_parser().parse_args(words[1:])
    if words and words[0] == "mechanisms":
        mechanisms_parser().parse_args(words[1:])
    if words and words[0] == "coverage":
        coverage_parser().parse_args(words[1:])
    if words and words[0] == "traces":
        traces_parser().parse_args(words[1:])
    if words and words[0] in ("test", "bench", "peers"):
        of_bench = words[0] == "bench"
        rest = parser().parse_known_args(words[1:])[1] if of_bench else handed_on[0]
        options = {word.partition("=")[0] for word in rest if word.startswith("-")}
        assert options - pytest_options() == set(), f"{line.place}: options that pytest does not know"
    return None


def execute(line: CommandLine, words: list[str], most: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Call the command in this process; it must end well and say something."""
    words, file = (words[:-2], words[-1]) if words[-2:-1] == [">"] else (words, None)
    with pytest.raises(SystemExit) as left:
        main(shortened(words, most))
    out, err = capsys.readouterr()
    assert left.value.code == 0, f"{line.place}: {err}"
    assert out, f"{line.place}: no output"
    if file:
        Path(file).write_text(out, encoding="utf-8")


@functools.cache
def pytest_options() -> frozenset[str]:
    """Return the options of pytest, with those that the benchmarks add."""
    command = [sys.executable, "-m", "pytest", "--help", "benchmarks"]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return frozenset(re.findall(r"(?<![\w-])--?[a-zA-Z][\w-]*", shown))


@pytest.mark.parametrize("page", RUN_PAGES)
def test_a_command_in_a_sentence_has_a_subcommand_and_options_that_exist(page):
    wrong = []
    for number, text in inline_code(page):
        line = CommandLine(f"{page}:{number}", tuple(text.split()))
        words = line.words_for((*DEV, "run"))
        words = line.words_for(PACKAGE) if words is None else words
        if words:
            wrong += [f"{line.place}: {word}" for word in unknown_words(words)]
        elif (of_dev := line.words_for(DEV)) and of_dev[0] not in dev_commands():
            wrong.append(f"{line.place}: {of_dev[0]}")
    assert wrong == []


def test_every_command_and_only_shipped_scenarios_are_on_the_page_of_commands():
    words = [text.split() for _, text in inline_code("docs/commands.md")]
    shown = {line[1] for line in words if line[:1] == ["diamondsim"] and len(line) > 1}
    assert shown == set(app.commands)
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    table = text.partition("| scenario | question |")[2].partition("\n\n")[0]
    named = re.findall(r"^\| `(\S+)` \|", table, re.MULTILINE)
    assert len(named) > 5
    assert set(named) <= {listed.name for listed in shipped_scenarios()}


def dev_commands() -> set[str]:
    """Return the commands that the help text of dev.py lists."""
    assert dev.__doc__ is not None
    return set(re.findall(r"^  (\w+)", dev.__doc__, flags=re.MULTILINE))


# The rules


def test_comments_prompts_output_and_long_lines_are_told_apart():
    text = "$ diamondsim run calm \\\n    -n 5  # few\nUse  Chance\n$ diamondsim check calm\n"
    lines = command_lines(Block("page.md", 3, "console", text))
    assert lines == (
        CommandLine("page.md:3", ("diamondsim", "run", "calm", "-n", "5")),
        CommandLine("page.md:6", ("diamondsim", "check", "calm")),
    )


def test_a_block_without_language_and_commands_is_plain_text():
    assert command_lines(Block("page.md", 3, "", "Scenario -> it's a Plan\n")) == ()
    assert command_lines(Block("page.md", 3, "python", "diamondsim run\n")) == ()
    assert command_lines(Block("page.md", 3, "", "pip install .\n"))


def test_replications_shrink_in_proportion_the_horizon_to_two_years_and_nothing_else_changes():
    words = ["run", "calm", "-n", "100000", "--store", "long"]
    end = ["--workers", "1", "--set", "horizon.length=2yr"]
    assert shortened(words, 200_000) == ["run", "calm", "-n", "4", "--store", "long", *end]
    assert shortened(["run", "calm"], 1) == ["run", "calm", "-n", "8", *end]
    assert shortened(["check", "calm"], 1) == ["check", "calm"]
    assert shortened(["trace", "calm", "--replication", "7"], 1) == [
        *("trace", "calm", "--replication", "7"),
        *("--set", "horizon.length=2yr"),
    ]


def test_a_command_is_the_same_on_two_pages_unless_it_has_to_do_with_files():
    def command(text: str) -> tuple[str, ...] | None:
        return command_of(CommandLine("page.md:1", tuple(text.split())))

    assert command("diamondsim run calm -n 5 -q") == command("python3 dev.py run run calm -q")
    assert command("diamondsim run calm -q") != command("diamondsim run calm")
    for text in (
        "diamondsim check ./mine.yaml",
        "diamondsim run calm -o a.nc",
        "diamondsim run calm --store x",
    ):
        assert command(text) is None
    assert command("python3 dev.py test") is None
    repeated = [line for block in COMMAND_BLOCKS for line in command_lines(block) if command_of(line)]
    assert len(repeated) > len(FIRST_PLACES) > 15


def test_an_unknown_subcommand_and_an_unknown_option_are_found():
    assert unknown_words(["simulate", "calm"]) == ["simulate"]
    assert unknown_words(["run", "calm", "--util", "x", "-n", "8", "--help"]) == ["--util"]
    assert unknown_words(["--version"]) == []


def test_dev_refuses_a_command_that_it_does_not_have(handed_on, capsys):
    assert dev.main(["tests"]) == 2
    assert handed_on == []
    assert "unknown command" in capsys.readouterr().err
