"""No command replaces a file that it reads, however the file is named."""

import os
import shutil

import click
import pytest
from click.testing import CliRunner

import diamondsim as ds
from diamondsim.cli.kept_inputs import keep_inputs
from tests.cli.short_runs import BAN
from tests.html_report.small_pages import textbook_run


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(call, folder, *words):
    """Check that a command is refused and leaves every file as it was; return what it says."""
    before = {path: path.read_bytes() for path in folder.iterdir()}
    code, out, err = call(*words)
    assert (code, out) == (2, ""), err
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    return err.strip().splitlines()[-1]


@pytest.mark.parametrize(
    "words",
    [
        ("run", "./s.csv", "-n", "8", "-o", "s.csv"),
        ("run", str(BAN), "--observed", "s.csv", "-n", "8", "-o", "s.csv"),
        ("run", str(BAN), "--baseline", "./s.csv", "-n", "8", "-o", "s.csv"),
        ("compare", str(BAN), "./s.csv", "-n", "8", "-o", "s.csv"),
        ("trace", "./s.csv", "-o", "../{folder}/s.csv"),
        ("trade", "s.csv", "--years", "2024", "-o", "s.csv", "--force"),
        ("plot", "supply-origin", "--region", "home", "./s.png", "-o", "s.png"),
    ],
    ids=lambda words: words[0],
)
def test_no_command_writes_to_what_it_reads(call, folder, words):
    for name in ("s.csv", "s.png"):
        shutil.copy(BAN, folder / name)
    named = [word.format(folder=folder.name) for word in words]
    output = named[named.index("-o") + 1]
    expected = f"Error: --output: expected a file that the command does not read, found '{output}'"
    assert refused(call, folder, *named) == expected


@pytest.mark.parametrize("link", [os.symlink, os.link])
def test_a_file_is_known_under_another_name(call, folder, link):
    shutil.copy(BAN, "s.yaml")
    link("s.yaml", "t.csv")
    assert "found 't.csv'" in refused(call, folder, "run", "s.yaml", "-n", "8", "-o", "t.csv")


def test_a_report_keeps_the_scenario_and_the_former_result(call, folder):
    pytest.importorskip("altair", reason="an extra")
    shutil.copy(BAN, "eq.html")
    ds.save(textbook_run(), "f.nc")
    assert "--output: expected" in refused(call, folder, "report", "./eq.html", "-o", "eq.html")
    words = ("report", str(BAN), "--since", "f.nc", "--dataset", "f.nc", "-o", "r.html")
    assert "--dataset: expected" in refused(call, folder, *words)


def test_an_analysis_keeps_the_run_that_it_is_of(call, folder):
    ds.save(textbook_run(), "f.nc")
    words = ("sensitivity", "f.nc", "--use", "home.u", "-o", "f.nc")
    assert "found 'f.nc'" in refused(call, folder, *words)


def test_other_files_are_replaced_and_the_name_of_a_shipped_scenario_is_no_file(folder):
    @click.command()
    @click.argument("scenario")
    @click.option("-o", "--output")
    def copy(scenario, output):
        click.echo(f"{scenario} to {output}")

    keep_inputs(copy)
    for name in ("calm", "a.csv", "b.csv"):
        (folder / name).write_text("old", encoding="utf-8")
    for words in (("calm", "-o", "calm"), ("a.csv", "-o", "b.csv"), ("a.csv", "-o", "new.csv"), ("a.csv",)):
        assert CliRunner().invoke(copy, words).exit_code == 0
    assert CliRunner().invoke(copy, ("./calm", "-o", "calm")).exit_code == 2
