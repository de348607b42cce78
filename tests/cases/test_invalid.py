"""Wrong scenario files `NAME.yaml`, each with its expected message in `NAME.txt`."""

import re
from pathlib import Path

import pytest

from diamondsim.cli import main

FOLDER = Path(__file__).with_name("invalid")
WRONG = sorted(FOLDER.glob("*.yaml"))


def message_on(capsys, file: Path) -> str:
    """Return the message of `diamondsim check` on a file, which it must refuse."""
    with pytest.raises(SystemExit) as left:
        main(["check", file.name])
    out, err = capsys.readouterr()
    assert (left.value.code, out) == (2, "")
    return str(err)


def test_there_are_many_kinds_of_wrong_files():
    assert len(WRONG) >= 160


@pytest.mark.parametrize("file", WRONG, ids=lambda file: file.stem)
def test_a_wrong_file_gives_its_message(file, capsys, monkeypatch):
    monkeypatch.chdir(FOLDER)
    assert message_on(capsys, file) == file.with_suffix(".txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("part", ["works", "priced"])
def test_what_the_wrong_files_extend_is_right(part, monkeypatch):
    monkeypatch.chdir(FOLDER)
    with pytest.raises(SystemExit) as left:
        main(["check", f"parts/{part}.yaml"])
    assert left.value.code == 0


def test_each_wrong_file_has_its_text_and_each_text_its_file():
    assert {file.stem for file in WRONG} == {file.stem for file in FOLDER.glob("*.txt")}


@pytest.mark.parametrize("file", WRONG, ids=lambda file: file.stem)
def test_each_line_of_a_message_names_a_place_in_a_file_that_is_there(file):
    head, *lines = file.with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    count = len(lines)
    assert head == f"diamondsim: {count} problem{'s' * (count > 1)}:"
    assert count
    for line in lines:
        place = re.match(r"([\w./-]+\.yaml):(\d+):\d+: ", line)
        assert place, line
        length = len((FOLDER / place[1]).read_bytes().splitlines())
        assert 1 <= int(place[2]) <= max(length, 1), line


def test_problems_of_several_kinds_are_reported_at_once():
    many = [
        file.with_suffix(".txt").read_text(encoding="utf-8")
        for file in WRONG
        if file.stem.startswith("many-")
    ]
    assert len(many) >= 5
    assert min(text.count("\n") - 1 for text in many) >= 4
