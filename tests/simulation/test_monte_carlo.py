"""Many replications: the same whatever the workers, blocks and total, and right where the answer is known."""

from __future__ import annotations

import gc
import subprocess
import sys
import time
from pathlib import Path

import click
import numpy as np
import pytest
import xarray as xr

from diamondsim.cli.run import run_command
from diamondsim.constants import MAX_REPLICATIONS
from diamondsim.engines import batch
from diamondsim.results import USE_METRICS, estimates
from diamondsim.scenario import Scenario, load_scenario
from diamondsim.simulation import monte_carlo, monte_carlo_each, simulate

THEORY = Path(__file__).resolve().parents[1] / "theory"


@pytest.fixture(scope="module")
def short_ban() -> Scenario:
    """A ban of random length on one buyer, for 60 ticks: 1,024 replications in a moment."""
    changes = {
        "horizon.length": "60 days",
        "inventory_policy.u.opening": "10 days",
        "inventory_policy.u.cover": "10 days",
        "controls.ban.sojourn.banned": "exponential(20 days)",
    }
    return load_scenario(THEORY / "exponential-ban.yaml").override(changes)


@pytest.fixture(scope="module")
def reference(short_ban) -> xr.Dataset:
    return monte_carlo(short_ban, replications=2100, seed=3, workers=1)


def same_bits(a: xr.Dataset, b: xr.Dataset) -> bool:
    return all(a[m.name].values.tobytes() == b[m.name].values.tobytes() for m in USE_METRICS)


def test_workers_change_nothing(short_ban, reference):
    assert monte_carlo(short_ban, replications=2100, seed=3, workers=2).identical(reference)


def test_scenarios_that_are_run_together_give_what_each_gives_alone(short_ban, reference):
    longer = short_ban.override({"controls.ban.sojourn.banned": "exponential(30 days)"})
    wanted = {"a": (short_ban, 2100), "b": (longer, 30)}
    found = monte_carlo_each(wanted, seed=3, workers=2)
    assert list(found) == ["a", "b"]
    assert found["a"].identical(reference)
    assert found["b"].identical(monte_carlo(longer, replications=30, seed=3))


@pytest.mark.parametrize("size", [1, 100, 700])
def test_the_size_of_blocks_changes_nothing(short_ban, size, monkeypatch):
    expected = monte_carlo(short_ban, replications=40 if size == 1 else 1100, seed=3, workers=1)
    monkeypatch.setattr(batch, "block_size", lambda _plan: size)
    found = monte_carlo(short_ban, replications=expected.sizes["replication"], seed=3, workers=1)
    assert found.identical(expected)


@pytest.mark.parametrize("replications", [1, 1024, 1025])
def test_fewer_replications_are_the_first_of_more(short_ban, reference, replications):
    found = monte_carlo(short_ban, replications=replications, seed=3, workers=1)
    assert same_bits(found, reference.isel(replication=slice(0, replications)))


def test_another_seed_is_another_sample(short_ban, reference):
    other = monte_carlo(short_ban, replications=50, seed=4)
    assert not same_bits(other, reference.isel(replication=slice(0, 50)))


def test_seed_zero_is_a_seed_like_others(short_ban):
    zero, one = (monte_carlo(short_ban, replications=20, seed=seed) for seed in (0, 1))
    assert zero.attrs["seed"] == 0
    assert monte_carlo(short_ban, replications=20, seed=0).identical(zero)
    assert not same_bits(zero, one)


def test_one_replication_in_full_is_that_of_the_batch():
    scenario = load_scenario("reinstated-2027").override({"horizon.length": "90 weeks"})
    many = monte_carlo(scenario, replications=1030, seed=1, workers=1)
    for number in (7, 1027):
        trace = simulate(scenario, seed=1, replication=number)
        nodes = trace.dataset["shortage"].sum("time")
        of_use = nodes.groupby("node_use").sum().sel(node_use="polishing")
        assert of_use.item() == pytest.approx(
            many["shortage"].sel(replication=number, use="polishing").sum().item(), rel=1e-9
        )
        assert trace.dataset.attrs["replication"] == number
        assert [event.tick for event in trace.events] == sorted(event.tick for event in trace.events)
        day = trace.dataset["control_state"].sel(control="cn_55").values.tolist().index(2)
        assert trace.dataset["time"].values[day] == np.datetime64("2027-03-01")


def test_two_scenarios_share_their_history_up_to_the_first_difference():
    length = {"horizon.length": "30 weeks"}
    calm, bound = (load_scenario(name).override(length) for name in ("baseline-2026", "reinstated-2027"))
    a, b = (monte_carlo(s, replications=64, seed=2) for s in (calm, bound))
    announced = int((a["time"].values < np.datetime64("2027-02-01")).sum())
    for name in ("cover_band", "cover_mean", "shortfall_mean", "tracked_share_mean"):
        same = [a[name].isel(time=t).identical(b[name].isel(time=t)) for t in range(30)]
        assert all(same[:announced]), name
    assert not a["cover_mean"].isel(time=29).identical(b["cover_mean"].isel(time=29))


def test_an_exponential_ban_does_what_its_closed_form_says():
    """Case 4: half a year of stock against a ban of a year in the mean, with no other supply.

    A ban is rounded to whole days and the last day's goods still arrive, hence a day of tolerance.
    """
    scenario = load_scenario(THEORY / "exponential-ban.yaml")
    expect, day = scenario.reference_values, 100.0
    found = monte_carlo(scenario, replications=2048, seed=11)
    home = found.sel(region="home", use="u")
    shortage = home["shortage"].values
    short = estimates.probability(int((shortage > 0.5 * day).sum()), shortage.size, confidence=0.999)
    assert short.low - 0.002 < expect["P_short"] < short.high + 0.002
    for estimate, name in (
        (estimates.mean(shortage, confidence=0.999), "mean_shortage"),
        (estimates.value_at_risk(shortage, 0.95, confidence=0.999), "VaR95"),
        (estimates.conditional_value_at_risk(shortage, 0.95, confidence=0.999), "CVaR95"),
    ):
        assert estimate.low - day < expect[name] < estimate.high + day, name
    survived = home["time_to_survive"].values
    assert set(survived[~np.isnan(survived)]) == {180.0}


@pytest.mark.parametrize("workers", [1, 2])
def test_progress_is_told_up_to_the_end(short_ban, workers):
    told: list[tuple[int, int]] = []
    wanted = {"a": (short_ban, 1500), "b": (short_ban, 100)}
    monte_carlo_each(wanted, seed=3, workers=workers, progress=lambda done, total: told.append((done, total)))
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert told[-1] == (1600, 1600)
    assert {total for _, total in told} == {1600}


@pytest.mark.parametrize("workers", [1, 2])
def test_an_interruption_stops_the_work_half_way(short_ban, workers):
    told: list[int] = []

    def stop(done: int, _total: int) -> None:
        told.append(done)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        monte_carlo(short_ban, replications=500_000, seed=3, workers=workers, progress=stop)
    assert len(told) == 1
    assert told[0] < 100_000
    started = [each for each in gc.get_objects() if isinstance(each, subprocess.Popen)]
    assert all(each.poll() is not None for each in started), "no worker is left"


SCRIPT = """
import gc, subprocess
import diamondsim as ds

def tell(done, total):
    pids = [each.pid for each in gc.get_objects() if isinstance(each, subprocess.Popen)]
    if {tell}:
        print("workers", *pids, flush=True)

scenario = ds.load_scenario({path!r}).override({{"horizon.length": "300 days"}})
paths = ds.monte_carlo(scenario, replications={replications}, workers=2, progress=tell)
print("done", paths.sizes["replication"], flush=True)
"""


def script(tmp_path: Path, *, tell: bool, replications: int) -> list[str]:
    text = SCRIPT.format(path=str(THEORY / "exponential-ban.yaml"), tell=tell, replications=replications)
    (tmp_path / "script.py").write_text(text)
    return [sys.executable, str(tmp_path / "script.py")]


def test_a_script_without_a_main_guard_runs_once(tmp_path):
    command = script(tmp_path, tell=False, replications=1100)
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert (done.stdout, done.stderr) == ("done 1100\n", "")


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads the state of processes from /proc")
def test_workers_leave_when_their_caller_is_killed(tmp_path):
    def alive(pid: str) -> bool:
        stat = Path("/proc", pid, "stat")
        return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"

    with subprocess.Popen(
        script(tmp_path, tell=True, replications=500_000), stdout=subprocess.PIPE, text=True
    ) as caller:
        assert caller.stdout is not None
        workers = caller.stdout.readline().split()[1:]
        assert len(workers) == 2
        assert all(map(alive, workers))
        caller.kill()
    deadline = time.monotonic() + 30
    while any(map(alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(map(alive, workers))


@pytest.mark.parametrize(
    "wrong", [{"replications": 0}, {"replications": 1.5}, {"seed": -1}, {"seed": True}, {"workers": 0}]
)
def test_a_number_out_of_range_is_refused_by_name(short_ban, wrong):
    (name,) = wrong
    with pytest.raises(ValueError, match=name):
        monte_carlo(short_ban, **wrong)


def test_a_negative_replication_is_refused(short_ban):
    with pytest.raises(ValueError, match="replication"):
        simulate(short_ban, replication=-1)
    with pytest.raises(ValueError, match="replication: expected an integer from 0 to 9223372036854775807"):
        simulate(short_ban, replication=2**63)
    assert simulate(short_ban, replication=2**63 - 1).events


def test_more_replications_than_anybody_can_keep_are_refused_at_once(short_ban):
    with pytest.raises(
        ValueError, match="replications: expected an integer from 1 to 10000000, found 100000000000"
    ):
        monte_carlo(short_ban, replications=100_000_000_000)


def test_the_command_line_knows_the_same_limit():
    wanted = next(option for option in run_command.params if option.name == "replications")
    assert isinstance(wanted.type, click.IntRange)
    assert wanted.type.max == MAX_REPLICATIONS


@pytest.mark.parametrize("ask", [simulate, monte_carlo])
def test_a_name_in_place_of_a_scenario_is_refused(ask):
    with pytest.raises(
        TypeError, match="scenario: expected a Scenario, as returned by load_scenario, found str"
    ):
        ask("calm")


def test_a_text_in_place_of_a_precision_is_refused():
    with pytest.raises(TypeError, match="until: expected a Precision, found str"):
        monte_carlo(load_scenario("calm"), until="US.polishing 5%")  # type: ignore[arg-type]
