"""The help of every command has an example, which the command understands."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import pytest

from diamondsim.cli.app import app
from diamondsim.cli.options import load


def examples_of(name: str) -> Iterator[list[str]]:
    """Yield the words after the name of the command, of each example in its help."""
    start = f"diamondsim {name}"
    for paragraph in (app.commands[name].help or "").split("\n\n"):
        _, found, example = paragraph.partition("or example:")
        if found:
            lines = [" ".join(example.split())]
        else:  # a list: commands, and at a distance what they do
            begun = [line[line.find(start) :] for line in paragraph.splitlines() if start in line]
            lines = [re.split(r" {2,}|\)| \|", line)[0] for line in begun]
        for line in lines:
            if line == start or line.startswith(f"{start} "):
                yield shlex.split(line.removeprefix(start))


@pytest.mark.parametrize("name", app.commands)
def test_the_help_has_an_example_that_the_command_understands(name):
    examples = [*examples_of(name)]
    assert examples
    for words in examples:
        app.commands[name].make_context(name, words)


def test_the_help_lists_every_command_with_a_whole_sentence(call):
    _, out, _ = call("--help")
    text = " ".join(out.split())
    for name, command in app.commands.items():
        sentence = " ".join((command.help or "").partition("\n\n")[0].split())
        assert f" {name} {sentence}" in text


@pytest.mark.parametrize("name", app.commands)
def test_the_help_names_what_each_option_takes_and_no_type_of_the_library(call, name):
    _, out, _ = call(name, "--help")
    assert not re.search(r"INTEGER|TEXT|%Y|\d{12}", out)


def test_the_example_of_a_change_fits_the_scenario_of_the_other_examples():
    (change,) = (option for option in app.commands["run"].params if "--set" in option.opts)
    (example,) = re.findall(r"for example (.*?);", str(change.to_info_dict()["help"]))
    assert load("lapse-2027", tuple(shlex.split(example))).hash != load("lapse-2027").hash
