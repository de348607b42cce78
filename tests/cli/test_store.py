"""`run --store` and `run --until`: messages and exit codes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import Any

import pytest
import xarray as xr

from diamondsim.simulation import worker_processes
from tests.cli.short_runs import BAN, RUN
from tests.simulation.small import blocks, flip


def test_a_store_changes_nothing_but_the_last_line(call, tmp_path):
    store = ("--store", str(tmp_path / "run"))
    _, plain, _ = call(*RUN, "-n", "1500")
    code, first, err = call(*RUN, "-n", "1500", *store)
    assert (code, err) == (0, "")
    assert first == plain + f"Store: {tmp_path / 'run'}; 0 replications of the scenario found on disk\n"
    _, second, _ = call(*RUN, "-n", "1500", *store)
    assert second == plain + f"Store: {tmp_path / 'run'}; 1,500 replications of the scenario found on disk\n"
    document = json.loads(call(*RUN, "-n", "1500", *store, "--json")[1])
    assert document["store"] == {"folder": str(tmp_path / "run"), "found": 1500}
    assert document.keys() - json.loads(call(*RUN, "-n", "1500", "--json")[1]).keys() == {"store"}


def test_what_is_run_beside_is_kept_too(call, tmp_path):
    words = ("run", "reinstated-2027", "--set", "horizon.length=70 weeks", "-n", "40", "--workers", "1")
    store = ("--store", str(tmp_path / "run"))
    _, first, _ = call(*words, *store)
    assert len(blocks(tmp_path / "run")) == 4
    _, second, _ = call(*words, *store)
    assert second == first.replace("; 0 replications", "; 40 replications")


def test_a_baseline_has_as_many_replications_as_its_run(call):
    baseline = ("--baseline", str(BAN.with_name("newsvendor.yaml")))
    words = ("run", str(BAN.with_name("exponential-ban.yaml")), *RUN[2:], "--json", "-q", "-n", "700")
    document = json.loads(call(*words, *baseline)[1])
    assert (document["scenario"]["replications"], document["baseline"]["replications"]) == (700, 700)
    [use] = document["uses"]
    assert use["less_baseline"]["n"] == 700
    assert use["less_baseline"]["value"] == pytest.approx(
        use["chance"]["value"] - use["baseline"]["chance"]["value"]
    )


def test_a_damaged_block_is_said_in_one_line_and_mended(call, tmp_path):
    store = ("--store", str(tmp_path / "run"))
    _, first, _ = call(*RUN, "-n", "1500", *store)
    flip(blocks(tmp_path / "run")[0], 500)
    code, out, err = call(*RUN, "-n", "1500", *store)
    assert code == 0
    assert out == first.replace("; 0 repl", "; 476 repl")
    assert err.startswith("warning: '")
    assert err.count("\n") == 1
    assert "is damaged" in err


@pytest.mark.parametrize(
    "words, said",
    [
        (("--seed", "4"), "the seed there is 0, here 4"),
        (("--set", "inventory_policy.u.backorder_share=11%"), "the scenario differs in"),
    ],
)
def test_another_run_is_a_mistake_of_the_user(call, tmp_path, words, said):
    call(*RUN, "-n", "50", "--store", str(tmp_path / "run"))
    code, out, err = call(*RUN, "-n", "50", "--store", str(tmp_path / "run"), *words)
    assert (code, out) == (2, "")
    assert said in err
    assert "Name another folder" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "place, said", [("", "something else"), ("thesis", "is a file"), ("thesis/run", "is a file")]
)
def test_a_place_that_cannot_keep_a_run_is_a_mistake_of_the_user(call, tmp_path, place, said):
    (tmp_path / "thesis").write_text("x")
    code, out, err = call(*RUN, "-n", "50", "--store", str(tmp_path / place))
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def test_a_full_disk_is_code_1_and_says_how_to_go_on(call, tmp_path, monkeypatch):
    inner, written = os.fsync, []

    def full(descriptor: int) -> None:
        written.append(descriptor)
        if len(written) > 3:  # after the manifest, the scenario and a block
            raise OSError(28, "No space left on device")
        inner(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        code, out, err = call(*RUN, "-n", "3000", "--store", str(tmp_path / "run"))
    assert (code, out) == (1, "")
    first, second = err.splitlines()
    assert first.startswith("1,024 replications are finished and kept in '")
    assert first.endswith("the same command resumes from there")
    assert "cannot keep a finished block" in second
    assert "No space left on device" in second
    assert (
        "; 1,024 replications of the scenario found on disk"
        in call(*RUN, "-n", "3000", "--store", str(tmp_path / "run"))[1]
    )


STARTED = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # else deaf where the tests run in the background
from diamondsim.cli import main
from diamondsim.simulation import worker_processes
from diamondsim.simulation.progress import ProgressReporter
inner = ProgressReporter.add
def more(self, done):
    if self._done + done > 2100:
        print("running", flush=True)
    return inner(self, done)
ProgressReporter.add = more
main({words!r})
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for a single process")
@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_interruption_says_in_one_line_how_to_go_on(call, tmp_path, workers):
    words = [*RUN, "-n", "200000", "--store", str(tmp_path / "run"), "--workers", workers]
    with subprocess.Popen(
        [sys.executable, "-c", STARTED.format(words=words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as started:
        assert started.stdout is not None
        assert started.stdout.readline() == "running\n"
        os.killpg(started.pid, signal.SIGINT)  # as a terminal does on Ctrl-C
        _, err = started.communicate(timeout=120)
    assert started.returncode == 130
    told, last = err.splitlines()
    assert last == "diamondsim: interrupted"
    finished = int(told.partition(" ")[0].replace(",", ""))
    assert finished == 1024 * len(blocks(tmp_path / "run")) >= 1024
    assert told.endswith(
        f" are finished and kept in '{tmp_path / 'run'}'; the same command resumes from there"
    )
    _, out, _ = call(*RUN, "-n", str(finished), "--store", str(tmp_path / "run"))
    assert f"; {finished:,} replications of the scenario found on disk" in out


def test_until_goes_on_until_the_chance_is_known_and_says_so(call, tmp_path):
    code, out, err = call(*RUN, "--until", "home.u 1.2%", "-o", str(tmp_path / "run.nc"))
    assert (code, err) == (0, "")
    line = next(line for line in out.splitlines() if line.startswith("Until: "))
    assert ": reached, 0.0" in line
    with xr.open_dataset(tmp_path / "run.nc", engine="h5netcdf") as dataset:
        assert dataset.attrs["until_half_width"] <= 0.012
        assert f"after {dataset.attrs['replications']:,} replications" in line


def test_until_ends_at_n_and_says_that_it_was_not_reached(call):
    _, out, _ = call(*RUN, "--until", "home.u.shortage_mean 0.001", "-n", "1500")
    assert "half-width of shortage_mean of home, u at most 0.001, or 1,500 replications: not reached, " in out
    document = json.loads(call(*RUN, "--until", "home.u 1e-9", "-n", "300", "--json")[1])
    assert document["scenario"]["replications"] == 300
    assert document["until"]["reached"] is False
    assert document["until"]["half_width"] > 0.01


def test_a_percentage_of_the_estimate_is_right_for_every_metric(call):
    until = "home.u.shortage_mean 1.3% of the estimate"
    out = call(*RUN, "--until", until)[1]
    what = "half-width of shortage_mean of home, u, as a share of the estimate, at most 0.013, or 100,000"
    assert f"Until: {what} replications: reached, 0.01" in out
    of_the_mean = json.loads(call(*RUN, "--until", "home.u.shortage_mean 0.013 of mean", "--json")[1])
    assert 0.01 < of_the_mean["until"]["half_width"] <= 0.013
    assert f"after {of_the_mean['scenario']['replications']:,} replications" in out


def test_a_percentage_is_right_for_a_metric_that_is_a_share(call):
    document = json.loads(call(*RUN, "--until", "home.u.fill_rate_mean 5%", "--json")[1])
    assert document["until"]["half_width"] <= 0.05


@pytest.mark.parametrize(
    "until, said",
    [
        (
            "home.u",
            "expected 'REGION.USE WIDTH' or 'REGION.USE.METRIC WIDTH', WIDTH a number",
        ),
        (
            "home 1%",
            "expected 'REGION.USE WIDTH' or 'REGION.USE.METRIC WIDTH', WIDTH a number",
        ),
        ("home.u.shortage_mean 2 days", "--until: expected a quantity, found '2 days' (a duration)"),
        ("home.u much", "expected a fraction, found 'much'"),
        ("home.u 0%", "expected a number above 0, found '0%'"),
        ("home.u 1", "expected a number below 0.5 for a probability, found '1'; 1 % is 0.01"),
        ("hom.u 1%", "there is no region 'hom'; did you mean 'home'?"),
        ("home.u.shortge_mean 1%", "did you mean 'shortage_mean'?"),
        (
            "home.u.shortage_mean 2 %",
            "--until: shortage_mean has the unit ct, in which a percentage has no meaning; give the width "
            "in ct, or 'home.u.shortage_mean 2 % of the estimate'",
        ),
        ("home.u.time_to_survive_median 2%", "time_to_survive_median has the unit tick"),
        (
            "home.u 1% of all",
            "expected a fraction, found '1% of all'",
        ),
    ],
)
def test_a_precision_that_makes_no_sense_is_a_mistake_of_the_user(call, until, said):
    code, out, err = call(*RUN, "--until", until)
    assert (code, out) == (2, "")
    assert "--until" in err
    assert said in err
    assert "Traceback" not in err


@pytest.mark.parametrize("option, kept", [("--store", ""), ("--paths", "Paths of ")])
def test_a_worker_that_ends_is_code_1_with_its_exit_code_and_says_how_to_go_on(
    call, tmp_path, option, kept, monkeypatch
):
    if option == "--paths":
        monkeypatch.setattr("diamondsim.simulation.monte_carlo_each", _as_many_as_asked)
    monkeypatch.setattr(worker_processes, "_CODE", "import os; os._exit(7)")
    code, out, err = call(*RUN, "--workers", "2", "-n", "2048", option, str(tmp_path / "kept"))
    assert (code, out) == (1, "")
    assert err.splitlines() == [
        f"{kept}0 replications are finished and kept in '{tmp_path / 'kept'}'; the same command resumes from "
        "there",
        "Error: a worker process ended unexpectedly (exit code 7); if memory ran out, use fewer workers",
    ]


def _as_many_as_asked(requested: dict[str, tuple[Any, int]], **_how: Any) -> dict[str, xr.Dataset]:
    """Stand in for a run that is done, before its paths are written."""
    return {"scenario": xr.Dataset(attrs={"replications": requested["scenario"][1]})}
