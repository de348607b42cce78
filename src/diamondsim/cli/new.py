"""The subcommand new: a scenario file to start from, with examples as comments."""

from __future__ import annotations

import json
import os
import re
import shlex
from importlib.resources import files
from pathlib import Path

import click

from diamondsim.cli.options import json_option, say_json
from diamondsim.cli.streams import say

_EXAMPLE = re.compile(r"^#(?! [^ ]|$)", re.MULTILINE)
"""Begins a line of an example; other comments have one space after the #."""


@click.command("new")
@click.argument("name", type=click.Path(), metavar="FILE.yaml")
@click.option(
    "--extends",
    "base",
    default="lapse-2027",
    show_default=True,
    metavar="SCENARIO",
    help="Scenario that the new one changes.",
)
@json_option
def new_command(name: str, base: str, as_json: bool) -> None:
    """Write a scenario file to start from: it changes nothing yet, and has examples as comments.

    For example: diamondsim new mine.yaml --extends rollover
    """
    from diamondsim.scenario import load_scenario, shipped_scenarios

    file = _scenario_file(name)
    _require_printable(base)
    load_scenario(base)  # says everything that is wrong with it
    is_shipped = base in {listing.name for listing in shipped_scenarios()}
    extended = base if is_shipped else f"./{Path(os.path.relpath(base, file.parent)).as_posix()}"
    named = f"./{file}" if str(file).startswith("-") else str(file)  # else a command takes it for an option
    text = new_scenario(base, file=named, extends=extended)
    try:
        with file.open("x", encoding="utf-8") as target:
            target.write(text)
    except FileExistsError:
        raise click.UsageError(f"{file} exists already; expected a new file") from None
    except OSError as error:
        raise click.UsageError(f"cannot write {file}: {error.strerror or error}") from None
    if as_json:
        say_json({"written": str(file), "kind": "scenario", "extends": extended})
        return
    say(f"wrote {file}; next: diamondsim check {shlex.quote(named)}")


def new_scenario(base: str, *, file: str, extends: str) -> str:
    """Return the text of a new scenario; it keeps the examples that fit the scenario that it extends.

    Parameters
    ----------
    base, file : str
        What the new scenario changes and where it will lie, as named in commands.
    extends : str
        What it changes, as seen from the folder of the file.
    """
    template = (files("diamondsim.cli") / "new_scenario.yaml").read_text(encoding="utf-8")
    fitting = (part for part in template.split("\n\n") if not _EXAMPLE.search(part) or _fits(part, base))
    text = "\n\n".join(fitting).rstrip() + "\n"
    named = extends if re.fullmatch(r"[\w./-]+", extends) else json.dumps(extends, ensure_ascii=False)
    written = {
        "extends: BASE": f"extends: {named}",
        "title: BASE, changed": f"title: {_title(base)}",
        "BASE": shlex.quote(base),
        "FILE": shlex.quote(file),
    }
    # All at once: a file may itself be called BASE or FILE.
    return re.sub("|".join(written), lambda match: written[match[0]], text)


def uncommented(example: str) -> str:
    """Return an example as it is once its lines are used."""
    return _EXAMPLE.sub("", example)


def _scenario_file(name: str) -> Path:
    """Return the file to write, with the suffix that scenario files have.

    Raises
    ------
    click.UsageError
        If no command could read it under this name.
    """
    from diamondsim.scenario import FILE_SUFFIXES

    file, found = Path(name), f"found {name!r}"
    if name.endswith(("/", os.sep)) or file.is_dir() or file.name in {"", "..", *FILE_SUFFIXES}:
        raise click.UsageError(f"expected the name of a file, {found}")
    _require_printable(file)
    if file.suffix.lower() not in {"", *FILE_SUFFIXES}:
        raise click.UsageError(f"expected a name that ends in {' or '.join(FILE_SUFFIXES)}, {found}")
    return file if file.suffix else file.with_suffix(FILE_SUFFIXES[0])


def _require_printable(name: str | Path) -> None:
    """Refuse a name that cannot stand in a comment of the file, which is a line of UTF-8."""
    if not str(name).isprintable():
        raise click.UsageError(f"expected a name of printable characters, found {str(name)!r}")


def _title(base: str) -> str:
    return json.dumps(f"{Path(base).stem}, changed", ensure_ascii=False)


def _fits(example: str, base: str) -> bool:
    """Tell whether a scenario can be changed as in an example."""
    from diamondsim.errors import ScenarioError
    from diamondsim.plan import compile_plan
    from diamondsim.scenario import read_scenario

    try:
        compile_plan(read_scenario(f"extends: {json.dumps(base)}\n{uncommented(example)}"))
    except ScenarioError:
        return False
    return True
