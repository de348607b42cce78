"""`--show-python`: the script of each command gives the answer of the command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import xarray as xr

import diamondsim as ds
from diamondsim.cli.app import app
from diamondsim.reporting import json_value
from diamondsim.simulation import Trace
from tests.cli.answering_commands import COVER, ONE, SHORT, WITH_FILE
from tests.cli.short_runs import BAN, CHANGES

OTHERS = {"check", "admitted", "trade", "plot", "report"}


@pytest.fixture(scope="module")
def kept_run(tmp_path_factory) -> Path:
    scenario = ds.load_scenario(BAN).override(dict(change.split("=") for change in CHANGES))
    run = ds.monte_carlo(scenario, replications=200, seed=3)
    return ds.save(run, tmp_path_factory.mktemp("kept") / "run.nc")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch) -> Path:
    """An empty folder, in which everything happens."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def saved(monkeypatch) -> dict[str, Any]:
    """The results that are saved, by name of the file, which is not written."""
    results: dict[str, Any] = {}

    def keep(result: Any, path: str) -> Path:
        results[path] = result
        return Path(path)

    monkeypatch.setattr(ds, "save", keep)
    monkeypatch.setattr("diamondsim.files.save", keep)
    return results


@pytest.fixture
def script_of(call):
    """Return a function that returns the script of some words, after which nothing has been run."""

    def printed(*words: str) -> str:
        before = sorted(Path().iterdir())
        code, out, err = call(*words, "--show-python")
        assert code == 0, err
        assert sorted(Path().iterdir()) == before, "it left a file"
        return str(out)

    return printed


def test_every_command_that_answers_has_a_case_here():
    having = {
        name
        for name, command in app.commands.items()
        if any("--show-python" in parameter.opts for parameter in command.params)
    }
    answering = {
        name
        for name, command in app.commands.items()
        if any("--json" in parameter.opts for parameter in command.params)
    }
    assert having == {*WITH_FILE, *OTHERS} == answering - {"scenarios", "dump", "new"}


@pytest.mark.parametrize(
    "name, case", [(name, case) for name, cases in WITH_FILE.items() for case in range(len(cases))]
)
def test_the_script_saves_what_the_command_does(call, script_of, saved, kept_run, folder, name, case):
    words = [name, *map(str, WITH_FILE[name][case])]
    if "run.nc" in words:
        (folder / "run.nc").symlink_to(kept_run)
    code, _, err = call(*words, "-o", "command.nc")
    assert code == 0, err
    script = script_of(*words, "-o", "script.nc")
    exec(compile(script, "script", "exec"), {})
    ours, theirs = saved["script.nc"], saved["command.nc"]
    if isinstance(ours, Trace):
        assert ours.events == theirs.events
        ours, theirs = ours.dataset, theirs.dataset
    assert theirs.attrs.pop("command").startswith(f"diamondsim {name} ")
    xr.testing.assert_identical(ours, theirs)


def test_paths_have_the_engine_of_the_run_in_the_script_too(script_of):
    words = ("run", str(BAN), *SHORT, "-n", "20", "--paths", "paths")
    of_run = 'with ds.use_engine(run.attrs["engine"]):\n    paths = ds.write_paths('
    assert of_run in script_of(*words)
    named = script_of(*words, "--engine", "batch")
    assert 'run.attrs["engine"]' not in named
    assert named.count("ds.use_engine(") == 1


@pytest.mark.parametrize("baseline", [("--baseline", str(BAN)), ("--baseline", "none")])
def test_the_script_of_a_run_writes_the_same_tables(call, script_of, folder, baseline):
    words = ("run", str(BAN), *SHORT, "-n", "50", *ONE, *baseline)
    assert call(*words, "-o", "by_command.csv")[0] == 0
    exec(compile(script_of(*words, "-o", "by_script.csv"), "script", "exec"), {})
    written = {
        file.name.removeprefix("by_command"): file.read_text("utf-8") for file in folder.glob("by_command*")
    }
    assert len(written) > 4
    assert ("baseline_begins_median" in written[".csv"]) == ("none" not in baseline)
    for name, text in written.items():
        if name != "-provenance.csv":  # which names the command
            ours = (folder / f"by_script{name}").read_text("utf-8")
            assert ours.replace("by_script", "by_command") == text


@pytest.mark.parametrize("name", ["run", "trace", "backtest"])
def test_without_a_file_the_script_prints_tables(script_of, capsys, name):
    words = next(iter(WITH_FILE[name]))
    exec(compile(script_of(name, *map(str, words)), "script", "exec"), {})
    assert len(capsys.readouterr().out.splitlines()) >= 2


def test_a_conditioned_run_is_written_as_such(script_of, folder):
    (folder / "seen.csv").write_text(
        "month,control,destination,quantity,unit,error,source\n2026-02,ban,home,0.5,share,0.2,invented\n",
        encoding="utf-8",
    )
    script = script_of("run", str(BAN), *SHORT, "-n", "20", "--observed", "seen.csv", "--baseline", "none")
    assert 'run_2 = ds.condition(run, "seen.csv")\n' in script
    assert 'print(ds.tables(run_2)["uses"])' in script


def test_a_check_is_the_document_of_the_command(call, script_of, capsys):
    script = script_of("check", str(BAN), *SHORT[:-2])
    names: dict[str, Any] = {}
    exec(compile(script, "script", "exec"), names)
    capsys.readouterr()
    document = json.loads(call("check", str(BAN), *SHORT[:-2], "--json")[1])
    assert json.loads(json.dumps(json_value(names["report"].as_dict()))) == document


def test_what_is_admitted_is_the_flow_of_the_command(call, script_of, capsys):
    words = ("admitted", "reinstated-2027", "-n", "8", "--set", "horizon.length=40 weeks")
    names: dict[str, xr.DataArray] = {}
    exec(compile(script_of(*words), "script", "exec"), names)
    capsys.readouterr()
    document = json.loads(call(*words, "--json")[1])
    assert names["flow"].attrs["control"] == document["control"]
    assert names["flow"].attrs["in_force"] == document["in_force"]


def test_trade_writes_the_same_scenario_file(call, script_of, folder):
    file = str(Path(__file__).parents[1] / "trade" / "files" / "comtrade_new.csv")
    words = ("trade", file, "--hong-kong", "apart")
    exec(compile(script_of(*words, "-o", "script.yaml"), "script", "exec"), {})
    call(*words, "-o", "command.yaml")
    assert (folder / "script.yaml").read_text("utf-8") == (folder / "command.yaml").read_text("utf-8")


def test_a_picture_is_the_same_drawing(call, script_of, folder, kept_run):
    plt = pytest.importorskip("matplotlib.pyplot", reason="an extra")
    words = ("plot", "shortage-heat-map", str(kept_run), "--size", "slide")
    exec(compile(script_of(*words, "-o", "script.png"), "script", "exec"), {})
    plt.close("all")
    call(*words, "-o", "command.png")
    ours, theirs = (plt.imread(folder / name) for name in ("script.png", "command.png"))
    assert (ours == theirs).all()


def test_a_mistake_in_the_words_is_refused_as_ever(call):
    code, out, err = call("flip", str(BAN), COVER, "--use", "home", "--threshold", "50%", "--show-python")
    assert (code, out) == (2, "")
    assert "--use expects REGION.USE" in err


def test_texts_dates_and_long_numbers_are_those_of_the_option(script_of):
    script = script_of("run", "lapse-2027", "-n", "20000", "--set", 'title=it\'s "new"', "--baseline", "none")
    assert """override({"title": 'it\\'s "new"'})""" in script
    assert "replications=20_000, seed=0" in script
