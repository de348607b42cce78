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
from tests.cli.short_runs import BAN, CHANGES

SHORT = (*(word for change in CHANGES for word in ("--set", change)), "--seed", "3")
ONE = ("--workers", "1")
USE = ("--use", "home.u")
STOCK = ("--variant", "stock: inventory_policy.u.opening=60 days; inventory_policy.u.cover=60 days")
TENS = (
    *("--set", "horizon.length=100 days", "--set", "horizon.tick=10 days", "--set", "metrics.window=10 days"),
    *("-n", "8", "--survive", "60 days"),
)
DATED = (
    *("--set", "horizon.length=90 days", "--set", "controls.ban.start=none"),
    *("--set", "controls.ban.sojourn=null", "--set", "controls.ban.transitions=null"),
    *("--set", "controls.ban.timeline={2026-01-21: banned, 2026-03-02: none}", "-n", "8"),
)
COVER, OPENING = "inventory_policy.u.cover", "inventory_policy.u.opening"
EMPTY = ("--set", "inventory_policy.u={opening: 0 days, cover: 0 days}")
TWENTY_WEEKS = ("--set", "horizon.length=20 weeks")
STOCKS = ("--group", "stocks=inventory_policy.*.cover")
PAIR = (
    *("--pair", OPENING, COVER),
    *("--range", f"{OPENING}=1 day..90 days", "--range", f"{COVER}=1 day..9 days"),
)
WITH_FILE: dict[str, list[tuple[Path | str, ...]]] = {
    "run": [
        (BAN, *SHORT, "-n", "20", *ONE, "--baseline", "none"),
        (BAN, *SHORT, "-n", "20", "--baseline", BAN, "--engine", "batch"),
        (BAN, *SHORT, "--until", "home.u.shortage_mean 5 kct", "-n", "2048", "--store", "kept"),
        (BAN, *SHORT, "-n", "20", "--paths", "paths", "--path-variables", "demand,stock"),
    ],
    "compare": [(BAN, *SHORT, "-n", "20", *STOCK, *ONE)],
    "select": [(BAN, *SHORT, "-n", "40", *STOCK, *USE, "--indifference", "20%", "--best", "1")],
    "marginal": [(BAN, *SHORT, "-n", "20", "--step", "inventory_policy.u.opening=5 days")],
    "information": [(BAN, *SHORT, "-n", "40", *STOCK, *USE, "--cost", "stock=5 ct")],
    "sensitivity": [
        (BAN, *SHORT, "-n", "200", *USE, "--metric", "shortage"),
        ("run.nc", *USE, "--metric", "shortage"),
        ("lapse-2027", *TWENTY_WEEKS, "--use", "US.polishing", "--design", *STOCKS, "-n", "8"),
    ],
    "discover": [("run.nc", *USE, "--metric", "shortage", "--above", "4 kct", "--boxes", "1")],
    "flip": [
        (BAN, COVER, *SHORT, "-n", "8", *USE, "--threshold", "50%", "--from", "1 day", "--to", "90 days"),
        (BAN, *SHORT, "-n", "8", *USE, "--threshold", "50%", *PAIR, "--levels", "2"),
    ],
    "mixture": [("calm=40%", "rollover=60%", "--set", "horizon.length=10 weeks", "-n", "2", *ONE)],
    "independence": [(BAN, *SHORT, "--set", "tracked_origin=away", "-n", "8", "--area", "all=home,away")],
    "size-reserve": [
        (BAN, *TENS, *EMPTY, *USE, "--grade", "g", "--serves", "u", "--most", "20 kct", *ONE),
    ],
    "size-stock": [(BAN, "home.u", *TENS)],
    "worst-start": [
        (BAN, "ban", *USE, *DATED, "--from", "2026-01-06", "--to", "2026-03-27", "--points", "2"),
    ],
    "reverse-stress": [
        (BAN, *USE, *DATED, "--shock", "inventory_policy.u.opening=90 days..0 days"),
    ],
    "backtest": [("-n", "16")],
    "trace": [(BAN, *SHORT, "--replication", "2")],
}
"""Words of each command that keeps its answer in a file."""
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
    assert having == {*WITH_FILE, *OTHERS} == answering - {"scenarios"} | {"plot", "report"}


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
