"""Command lines of the documentation: how they are read, checked and made small enough for a test.

The rule: a line that calls the command, as `python3 dev.py run WORDS` or `diamondsim WORDS`, is executed by
`diamondsim.cli` in an empty folder, with these changes and no other:

- a command that simulates many replications gets `-n`: `MOST` for the largest number of the block, fewer in
  proportion for smaller numbers of the same block, `MOST` where the line gives none. The number is also the
  most that `--until` may take, so that its condition is read and evaluated but rarely met;
- a command with `--workers` gets `--workers 1`;
- a command that simulates a scenario ends after `HORIZON`, in which every control of the pages begins;
- a command whose first word is a file of results simulates nothing and is not changed;
- `report --backtest` simulates no scenario, and gets only `-n`;
- a command that stands on several pages, and neither reads nor leaves a file in the folder, is executed where
  it stands first. Each page starts from an empty folder, so that the others would repeat it.

Words after ``>`` name the file that takes the output. Lines that call another command of `dev.py` are not
executed, since they set up, test or measure for minutes: `dev.py` itself must accept them, and whatever it
hands on must know every option. Any other line is an error, and needs a row in the table of exceptions. In a
block of language `console` only lines after a prompt are commands.
"""

from __future__ import annotations

import itertools
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import click

from diamondsim.cli.app import app
from tests.documentation.pages import Block

LANGUAGES = ("", "sh", "bash", "shell", "console")
"""Of blocks that may hold command lines; one without a language does where a line calls one of `PROGRAMS`."""

MOST = 8
"""Replications of an executed command."""

HORIZON = ("--set", "horizon.length=2yr")
"""Words that shorten the horizon of an executed command."""

SIMULATE = frozenset(
    {
        *(
            "run",
            "compare",
            "select",
            "marginal",
            "information",
            "sensitivity",
            "discover",
            "trace",
            "admitted",
            "mixture",
            "flip",
            "independence",
            "plot",
            "report",
        ),
        *("size-reserve", "size-stock", "worst-start", "reverse-stress"),
    }
)
"""Commands that get `HORIZON`."""

DEV = ("python3", "dev.py")
PACKAGE = ("diamondsim",)
PROGRAMS = frozenset({"dask", "diamondsim", "git", "pip", "python", "python3"})

_PROMPT = re.compile(r"\$ +")


@dataclass(frozen=True, slots=True)
class CommandLine:
    """One command of a block: where it stands, and its words without any comment."""

    place: str
    words: tuple[str, ...]

    def words_for(self, program: Sequence[str]) -> list[str] | None:
        """Return the words after those of a program; None for a line that calls another."""
        size = len(program)
        return list(self.words[size:]) if self.words[:size] == tuple(program) else None


def command_lines(block: Block) -> tuple[CommandLine, ...]:
    """Return the command lines of a block; empty for a block that holds something else."""
    if block.language not in LANGUAGES:
        return ()
    found = tuple(_split(block))
    if not block.language and not any(line.words[0] in PROGRAMS for line in found):
        return ()
    return found


def _split(block: Block) -> Iterator[CommandLine]:
    """Yield the commands; one that goes on after a backslash stands on the line that it begins on."""
    begun, place = "", ""
    for number, line in enumerate(block.text.splitlines(), start=block.line):
        prompt = _PROMPT.match(line)
        if not begun:
            if block.language == "console" and not prompt:
                continue
            place = f"{block.page}:{number}"
        begun += line[prompt.end() :] if prompt else line
        if begun.endswith("\\"):
            begun = begun.removesuffix("\\") + " "
            continue
        words = _words(begun)
        begun = ""
        if words:
            yield CommandLine(place, words)


def _words(line: str) -> tuple[str, ...]:
    """Split as a shell does; a text without a closing quote is no command line."""
    try:
        return tuple(shlex.split(line, comments=True))
    except ValueError:
        return tuple(line.split())


def replications_of(words: Sequence[str]) -> int | None:
    """Return the number after ``-n`` or ``--replications``; None where there is none."""
    for option, value in itertools.pairwise(words):
        if option in _COUNTS:
            return int(value)
    return None


def shortened(words: Sequence[str], most: int) -> list[str]:
    """Return the words of a `diamondsim` command by the rule above.

    Parameters
    ----------
    words
        After `diamondsim`.
    most
        The largest number of replications that a line of the block gives.

    Returns
    -------
    list of str
    """
    command = app.commands.get(words[0]) if words else None
    names = {parameter.name for parameter in command.params} if command else set()
    place = 2 if words[:1] == ["plot"] else 1  # after the kind of a picture
    if any(word.endswith(".nc") for word in words[place : place + 1]):
        return list(words)
    made = list(words)
    if "replications" in names:
        given = replications_of(made)
        number = str(MOST if given is None else max(1, MOST * given // max(given, most)))
        if given is None:
            made += ["-n", number]
        else:
            made[next(i for i, word in enumerate(made) if word in _COUNTS) + 1] = number
    if "workers" in names and not {"--workers", "--backtest"} & {*made}:
        made += ["--workers", "1"]
    if words and words[0] in SIMULATE and "--backtest" not in words:
        made += HORIZON
    return made


def command_of(line: CommandLine) -> tuple[str, ...] | None:
    """Return what makes two lines one command: its words but for the number of replications.

    None for a line that does not call `diamondsim`, or whose result hangs on files in the folder.
    """
    words = line.words_for((*DEV, "run")) or line.words_for(PACKAGE)
    if not words or _NAMES_FILES & {*words} or any(_FILE.fullmatch(word) for word in words):
        return None
    counted = zip([None, *words], words, strict=False)
    return tuple(word for option, word in counted if option not in _COUNTS and word not in _COUNTS)


_COUNTS = ("-n", "--replications")
_NAMES_FILES = frozenset({">", "--store", "--paths"})
_FILE = re.compile(r"(?:.*/)?[\w-]+\.(?:csv|html?|json|nc|parquet|pdf|png|svg|xlsx|ya?ml|zarr)")


def unknown_words(words: Sequence[str]) -> list[str]:
    """Return what the `diamondsim` command does not know of some words: a subcommand or options."""
    if not words or words[0].startswith("-"):
        known = _options(app)
        return [word for word in words if word.startswith("-") and word not in known]
    if words[0] not in app.commands:
        return [words[0]]
    known = _options(app.commands[words[0]])
    return [word for word in words[1:] if word.startswith("-") and word.partition("=")[0] not in known]


def _options(command: click.Command) -> set[str]:
    context = click.Context(command)
    parameters = command.get_params(context)  # with --help, which `params` leaves out
    return {option for parameter in parameters for option in (*parameter.opts, *parameter.secondary_opts)}
