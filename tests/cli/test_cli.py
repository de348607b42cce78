"""The command line: output on stdout and stderr, and exit codes."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import xarray as xr

from diamondsim import __version__, load_scenario
from diamondsim.scenario import read_scenario

SHORT = ("--set", "horizon.length=70 weeks")
RUN = ("run", "reinstated-2027", *SHORT, "-n", "40", "--seed", "3")


def strict_json(text: str) -> Any:
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    return json.loads(text, parse_constant=refuse)


def in_a_process(code: str, *, wait_for: str = "") -> subprocess.Popen[str]:
    started = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert started.stdout is not None
    while wait_for and wait_for not in (line := started.stdout.readline()):
        assert line, "it ended before it began"
    return started


# Output of the commands


def test_scenarios_are_listed_with_their_titles_and_without_building_blocks(call):
    code, out, err = call("scenarios")
    assert (code, err) == (0, "")
    names = [line.split()[0] for line in out.splitlines()]
    assert {"baseline-2026", "calm", "reinstated-2027"} <= set(names)
    assert "market" not in names
    assert load_scenario("calm").title in out
    _, as_json, _ = call("scenarios", "--json")
    assert [entry["name"] for entry in strict_json(as_json)] == names


def test_the_schema_is_printed_or_written(call, tmp_path):
    code, out, err = call("schema")
    assert (code, err) == (0, "")
    assert strict_json(out)["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    file = tmp_path / "scenario.json"
    code, told, err = call("schema", "-o", str(file))
    assert (code, err) == (0, "")
    assert file.read_text(encoding="utf-8") == out
    assert f"wrote {file}" in told


def test_a_schema_that_cannot_be_written_is_a_mistake_of_the_user(call, tmp_path):
    code, out, err = call("schema", "-o", str(tmp_path / "no" / "where.json"))
    assert (code, out) == (2, "")
    assert "No such file or directory" in err


def test_a_dump_reads_back_as_the_same_scenario(call, tmp_path):
    code, out, _ = call("dump", "reinstated-2027", *SHORT)
    (tmp_path / "dumped.yaml").write_text(out)
    assert code == 0
    expected = load_scenario("reinstated-2027").override({"horizon.length": "70 weeks"})
    assert load_scenario(tmp_path / "dumped.yaml") == expected


def test_a_dump_as_json_reads_back_as_the_same_scenario_with_its_notes(call):
    code, out, _ = call("dump", "reinstated-2027", *SHORT, "--json")
    assert code == 0
    expected = load_scenario("reinstated-2027").override({"horizon.length": "70 weeks"})
    found = read_scenario(json.loads(out))
    assert found == expected
    assert [number.source for number in found.numbers] == [number.source for number in expected.numbers]


def test_a_dump_into_a_file_is_utf_8_whatever_the_code_page(tmp_path):
    """Windows writes files in a code page, such as 1252, which lacks letters and is no form of a scenario."""
    title = "Größe der Lücke, μ und 日本"
    (tmp_path / "lack.yaml").write_text(f"extends: calm\ntitle: {title}\n", encoding="utf-8")
    written = subprocess.run(
        [sys.executable, "-m", "diamondsim", "dump", str(tmp_path / "lack.yaml")],
        env={**os.environ, "PYTHONUTF8": "0", "PYTHONIOENCODING": "cp1252"},
        capture_output=True,
        check=True,
    )
    (tmp_path / "dumped.yaml").write_bytes(written.stdout)
    assert load_scenario(tmp_path / "dumped.yaml").title == title


def test_a_check_shows_balance_residuals_capacities_and_what_is_assumed(call):
    code, out, err = call("check", "baseline-2026")
    assert (code, err) == (0, "")
    for part in (
        "Balance at the start",
        "against capacity",
        "Residuals of the fit",
        "assumed",
        "--lanes",
    ):
        assert part in out
    assert re.search(r"^cn_makers\.mesh +[\d,]+ Mct/yr +[\d,]+ Mct/yr +\d+ %$", out, re.MULTILINE)
    assert max(map(len, out.splitlines())) <= 110


@pytest.mark.parametrize("command", [("check",), ("run", "-n", "1", "-q", "--set", "horizon.length=28 days")])
def test_names_are_shown_as_they_are_written_with_their_brackets(call, tmp_path, command):
    name = "Allies [red] [/b] :warning:"
    (tmp_path / "named.yaml").write_text(
        f"""
        extends: calm
        title: "{name}"
        regions: {{US: {{name: "{name}"}}}}
        published_totals:
          x: {{name: "{name}", region: US, total: use, grades: mesh, years: {{2024: 1 ct/yr}}}}
        """
    )
    code, out, _ = call(command[0], str(tmp_path / "named.yaml"), *command[1:])
    assert code == 0
    assert re.sub(r"\s+", " ", out).count(name) >= 2


def test_a_check_lists_every_lane_when_asked(call):
    _, out, _ = call("check", "calm", "--lanes")
    _, as_json, _ = call("check", "calm", "--json")
    lanes = strict_json(as_json)["lanes"]
    assert len(lanes) > 100
    listed = out[out.index("Derived lanes") :]
    assert sum(line.startswith("cn_makers") for line in listed.splitlines()) == sum(
        lane["source"].startswith("cn_makers") for lane in lanes
    )


def test_the_table_says_first_what_law_it_assumes_and_last_what_it_does_not_know(call):
    code, out, err = call(*RUN)
    lines = out.splitlines()
    assert (code, err) == (0, "")
    assert lines[1].startswith("as of 2026-11-28; legal state: ")
    assert "Baseline 2026" in out
    assert "   baseline " in out
    assert "merely assumed" in out
    assert "not the whole uncertainty" in " ".join(lines[-3:])
    assert max(map(len, lines)) <= 110
    assert "\x1b" not in out


def test_no_row_with_assumed_volumes_passes_for_an_estimate(call):
    sellers = ("us_makers", "us_recycling", "jp_makers")
    unrated = [word for seller in sellers for word in ("--set", f"producers.{seller}.rated_orders=[]")]
    banned = ("run", "us-ban-2027", *RUN[2:])
    _, out, _ = call(*banned, "--set", "allocation.value_exponent=0", *unrated)
    rows = [line for line in out.splitlines() if line.startswith(" Munitions")]
    assert len(rows) == 2
    assert all("assumed volumes" in row and "[" not in row for row in rows)
    assert "plates (assumed volumes)" in " ".join(out.split())


def test_a_run_in_json_is_one_strict_document_with_a_row_for_each_use(call):
    code, out, err = call(*RUN, "--json")
    assert (code, err) == (0, "")
    document = strict_json(out)
    assert document["version"] == __version__
    assert document["scenario"]["replications"] == 40
    uses = {(row["region"], row["use"]): row for row in document["uses"]}
    row = uses["US", "polishing"]
    assert 0 <= row["chance"]["low"] <= row["chance"]["value"] <= row["chance"]["high"] <= 1
    assert row["baseline"]["chance"]["n"] == 40
    assert uses["US", "munitions"]["volumes"] == "assumed"
    assert document["facilities"][0]["facility"] == "georgia"
    assert document["dataset"] is None


def test_tables_by_quarter_are_printed_only_if_asked_for_and_are_always_in_json(call):
    words = ("run", "calm", "-n", "2", "-q", "--baseline", "none", "--set", "horizon.length=30 weeks")
    _, out, _ = call(*words)
    assert "By quarter" not in out
    code, out, err = call(*words, "--quarters")
    assert (code, err) == (0, "")
    assert "By quarter" in out
    assert "No use is short often enough to be shown; --json has the figures of all." in out
    assert strict_json(call(*words, "--json")[1])["quarters"]["uses"]


def test_a_kept_dataset_is_the_one_that_was_reported(call, tmp_path):
    path = tmp_path / "run.nc"
    _, out, _ = call(*RUN, "-o", str(path), "--json")
    document = strict_json(out)
    assert document["dataset"] == str(path)
    with xr.open_dataset(path, engine="h5netcdf") as dataset:
        chance = dataset["probability_of_shortage"].sel(region="JP", use="polishing", bound="estimate").item()
        assert dataset.attrs["seed"] == 3
    (row,) = (r for r in document["uses"] if (r["region"], r["use"]) == ("JP", "polishing"))
    assert row["chance"]["value"] == chance
    _, out, _ = call(*RUN, "-o", str(path))
    assert out.splitlines()[-1] == f"Dataset: {path}"


def test_a_run_says_on_stderr_what_deserves_a_second_look(call):
    words = ("run", "reinstated-2027", "--set", "horizon.length=50 weeks", "-n", "4", "--baseline", "none")
    code, out, err = call(*words)
    late = "the horizon ends on 2027-11-08, so this has no effect: controls.cn_55.timeline.2028-03-03"
    assert (code, err) == (0, f"warning: {late}\n")
    assert late not in out
    _, out, err = call(*words, "--json")
    assert strict_json(out)["warnings"] == [late]
    assert err == f"warning: {late}\n"
    _, checked, _ = call("check", *words[1:4])
    assert f"warning: {late}" in " ".join(checked.split())


@pytest.mark.parametrize("tick, word", [("7 days", "week"), ("1 day", "day"), ("3.5 days", "day")])
def test_an_event_log_speaks_of_weeks_or_days(call, tick, word):
    short = ("--set", "horizon.length=40 weeks", "--set", f"horizon.tick={tick}")
    code, out, _ = call("trace", "reinstated-2027", *short)
    assert code == 0
    assert re.search(rf"after [0-9.]+ {word}s?\b", out)
    assert ("a tick is 3.5 days" in out) == (tick == "3.5 days")
    told = out[out.index("replication 0") :]  # the head names `horizon.tick`, which was set
    assert tick == "3.5 days" or "tick" not in told


@pytest.mark.parametrize("command", ["trace", "admitted"])
def test_the_head_is_as_wide_as_that_of_a_run(call, command):
    changes = ("--set", "controls.cn_55.diversion=null", "--set", f"title={'A long title ' * 12}")
    size = ("-n", "4") if command == "admitted" else ()
    code, out, _ = call(command, "reinstated-2027", *changes, *size)
    head = out.splitlines()[:8]
    assert code == 0
    assert max(map(len, head)) <= 110
    text = " ".join(head)
    assert (
        "as of 2026-11-28; legal state: All assumed: A (55 and 46(2) suspended) until 2027-03-02, then"
        in text
    )
    assert (
        "! this legal state was written for reinstated-2027; the controls were changed since by --set" in text
    )


def test_dates_that_a_file_drops_are_told_once_by_check_and_run(call, tmp_path):
    mine = tmp_path / "mine.yaml"
    mine.write_text(
        "extends: reinstated-2027\ntitle: Mine\nlegal_state: assumed\nhorizon: {length: 70 weeks}\n"
        "controls:\n  cn_55:\n    timeline: {2026-11-11: suspended, 2027-06-01: licensing,\n"
        "      2027-02-01: null, 2027-03-03: licensing}\n",
        encoding="utf-8",
    )
    told = f"{mine}:7:5: controls.cn_55.timeline: this replaces the timeline of reinstated-2027.yaml without"
    code, _, err = call("run", str(mine), "-n", "16", "-q", "--baseline", "none")
    assert (code, err) == (2, err)
    assert "found neither for 2028-03-03" in err
    mine.write_text(
        mine.read_text().replace(" 2027-02-01: null,", " 2027-02-01: announced,"), encoding="utf-8"
    )
    code, _, err = call("run", str(mine), "-n", "16", "-q", "--baseline", "none")
    assert (code, err.count("\n")) == (0, 1)
    assert err.startswith(f"warning: {told} a word on 2028-03-03: ")
    _, out, _ = call("check", str(mine), "--json")
    assert strict_json(out)["warnings"][0].startswith(told)


def test_a_run_tells_an_older_legal_state_once(call):
    words = ("run", "reinstated-2027", *SHORT, "--set", "controls.cn_55.front_loading=2", "-n", "4")
    _, out, err = call(*words, "--baseline", "none")
    assert err == ""
    assert "! this legal state was written for" in out


def test_the_workers_do_not_change_what_is_printed(call):
    one, two = (call(*RUN, "--workers", workers)[1] for workers in ("1", "2"))
    assert one == two


@pytest.mark.parametrize(
    "words, has_baseline",
    [
        (("run", "reinstated-2027", "--baseline", "none"), False),
        (("run", "baseline-2026"), False),
        (("run", "reinstated-2027", "--baseline", "calm"), True),
    ],
)
def test_a_baseline_stands_beside_another_scenario_unless_it_is_not_wanted(call, words, has_baseline):
    _, out, _ = call(*words, *SHORT, "-n", "4", "--json")
    assert (strict_json(out)["baseline"] is not None) is has_baseline


def test_a_changed_run_says_what_its_baseline_shares_and_that_its_legal_state_is_older(call):
    changed = (*SHORT, "--set", "demand.US.polishing=60 Mct/yr", "--set", "controls.cn_55.front_loading=2")
    words = ("run", "reinstated-2027", *changed, "-n", "4", "--seed", "3")
    _, out, _ = call(*words)
    head = " ".join(out.split("Use ")[0].split())
    by = "--set controls.cn_55.front_loading"
    assert (
        f"! this legal state was written for reinstated-2027; the controls were changed since by {by}" in head
    )
    assert (
        "baseline with your changes to demand.US.polishing, without those to controls.cn_55.front_loading "
        "(controls)" in head
    )
    document = strict_json(call(*words, "--json")[1])
    assert document["baseline_changes"]["made"] == ["demand.US.polishing"]
    assert document["scenario"]["legal_state_outdated"].endswith(by)
    assert {row["basis"]: row["changed"] for row in document["numbers"]} == {
        "sourced": 0,
        "assumed": 0,
        "none": 2,
    }


def test_a_check_counts_what_was_changed_and_marks_the_legal_state(call):
    _, out, _ = call("check", "reinstated-2027", "--set", "controls.cn_55.front_loading=2")
    text = " ".join(out.split())
    assert "Changed by --set: 1 number, 1 without a reason." in text
    assert "! this legal state was written for reinstated-2027" in text
    assert "warning: legal_state was written for reinstated-2027" in text
    assert "--set" not in call("check", "reinstated-2027")[1]


def test_a_run_of_a_scenario_that_leaks_is_told_beside_one_without_leakage(call):
    _, out, _ = call(*RUN, "--json")
    effects = strict_json(out)["without_diversion"]
    assert effects
    assert {effect["chance"]["n"] for effect in effects} == {40}
    assert all(effect["chance_without"]["value"] >= effect["chance"]["value"] for effect in effects)
    told = ("Without diversion via", "Diversion via")
    assert any(sentence.startswith(told) for sentence in strict_json(out)["sentences"])


def test_another_world_gets_no_baseline_that_it_did_not_ask_for(call):
    path = Path(__file__).resolve().parents[1] / "theory" / "allocation-proportional.yaml"
    code, out, _ = call("run", str(path), "-n", "4")
    assert code == 0
    assert "baseline" not in out


def test_a_trace_is_a_dated_story(call, tmp_path):
    path = tmp_path / "trace.nc"
    words = ("trace", "reinstated-2027", *SHORT, "--seed", "1", "--replication", "7")
    code, out, err = call(*words, "-o", str(path))
    assert (code, err) == (0, "")
    assert "replication 7 of seed 1" in out
    told = [line for line in out.splitlines() if re.match(r"\d{4}-\d\d-\d\d  ", line)]
    assert [line[:10] for line in told] == sorted(line[:10] for line in told)
    assert any(line.startswith("2027-03-01  control in force") and "cn_55" in line for line in told)
    assert max(map(len, out.splitlines())) <= 110
    # Under each event stands why, set in, on as many lines as it takes.
    reasons = [" ".join(each.split()) for each in re.split(r"^\d{4}-\d\d-\d\d .*\n", out, flags=re.M)[1:]]
    assert len(reasons) == len(told)
    amounts = [reason for reason in reasons if "quantity" in reason or "shortage until" in reason]
    assert amounts
    assert all(re.search(r" (ct|cm2)\]", reason) for reason in amounts)
    _, as_json, _ = call(*words, "--json")
    document = strict_json(as_json)
    assert [event["date"] for event in document["events"]] == [line[:10] for line in told]
    with xr.open_dataset(path, engine="h5netcdf") as dataset:
        assert dataset.sizes["time"] == 70
        assert dataset.attrs["replication"] == 7


def test_what_was_set_stands_in_the_head_of_every_output(call, tmp_path):
    """With a value that has a comma, and a deletion; the dataset keeps each change on a line of its own."""
    path = tmp_path / "run.nc"
    changes = (
        "inventory_policy.any.queue_weight=0%",
        "inventory_policy.any.max_order=null",
        "horizon.length=20 weeks",
    )
    words = [word for change in changes for word in ("--set", change)]
    said = f"changed: {', '.join(changes)}"
    outputs = {
        "run": call("run", "calm", "-n", "32", *words, "-o", str(path))[1],
        "trace": call("trace", "calm", *words)[1],
        "check": call("check", "calm", *words)[1],
    }
    assert {verb: said in out for verb, out in outputs.items()} == dict.fromkeys(outputs, True)
    for verb in ("run", "trace"):
        _, out, _ = call(verb, "calm", *(("-n", "32") if verb == "run" else ()), *words, "--json")
        assert strict_json(out)["scenario"]["changes"] == list(changes)
    with xr.open_dataset(path, engine="h5netcdf") as dataset:
        assert dataset.attrs["changes"].splitlines() == list(changes)
    assert "changed:" not in call("check", "calm")[1]


# Errors

MISTAKES = {
    ("run", "reinstated-2072"): "did you mean 'reinstated-2027'?",
    ("run", "leakage-none"): "there is no shipped scenario 'leakage-none'; it is now 'diversion-none'",
    ("run", "nowhere/mine.yaml"): "nowhere/mine.yaml",
    ("run", "calm", "-n", "0"): "-n",
    ("run", "calm", "-n", "many"): "many",
    ("admitted", "calm", "-n", "100001"): "is not in the range 1<=x<=100000",
    ("run", "calm", "--seed", "-1"): "--seed",
    ("run", "calm", "--workers", "0"): "--workers",
    ("run", "calm", "--set", "horizon"): "PATH=VALUE",
    ("run", "calm", "--set", "horizon.lenght=1 yr"): "did you mean 'length'?",
    (
        "run",
        "calm",
        "--set",
        "inventory_policy.any.queue_weight=fast",
    ): "--set inventory_policy.any.queue_weight: expected a fraction, found 'fast'",
    (
        "run",
        "calm",
        "--set",
        "inventory_policy.any.trust=5%",
    ): "--set inventory_policy.any.trust: unknown key 'trust'; it is now 'queue_weight'",
    ("check", "calm", "--set", "horizon.tick=0 days"): "--set horizon.tick: horizon: a tick must be longer",
    ("check", "calm", "--set", "demand.US.polishing=9 Gct/yr"): "--set demand.US.polishing: producers.",
    (
        "check",
        "calm",
        "--set",
        "inventory_policy.any.noise={cv: 1%",
    ): "--set inventory_policy.any.noise: not YAML: the file ends",
    (
        "check",
        "calm",
        "--set",
        "inventory_policy.any.noise={cv: uniform(1, 2) %}",
    ): "--set inventory_policy.any.noise.cv: '",
    (
        "check",
        "calm",
        "--set",
        "inventory_policy.any.cover={mean: 3}",
    ): "expected a duration, found a map",
    ("run", "calm", "--baseline", "baseline-2062"): "did you mean 'baseline-2026'?",
    ("run", "calm", "-o", "no-such-folder/run.nc"): "'no-such-folder' does not exist",
    ("run", "calm", "-o", "."): "is a folder",
    ("run", "calm", "-o", "out.exe"): "expected .nc, .zarr, .csv, .parquet or .xlsx at the end of 'out.exe'",
    ("trace", "calm", "-o", "out.xls"): "did you mean '.xlsx'?",
    ("backtest", "-o", "out"): "expected .nc, .zarr, .csv, .parquet or .xlsx at the end of 'out'",
    ("backtest", "-n", "100001"): "100001 is not in the range 1<=x<=100000",
    ("trace", "calm", "--replication", "-3"): "--replication",
    ("trace", "calm", "--replication", str(2**63)): "is not in the range 0<=x<=9223372036854775807",
    ("run", "calm", "--set", "reserves.us.opening=5 Mct"): "a new one needs the keys 'region', 'grade',",
    ("run", "calm", "--set", "inventory_policy.any.cover=30-60 days"): "did you mean 'uniform(30 60) days'?",
    ("run", "calm", "--until", "US.polishing 1,5%"): "'1,5%' has a comma",
    ("run", "calm.yaml"): "there is no file 'calm.yaml'; a shipped scenario is named without",
    ("check", "market"): "building block",
    ("rnu", "calm"): "rnu",
    ("run",): "SCENARIO",
}


def test_a_map_may_be_set_as_a_file_would_write_it_and_null_deletes_what_is_there(call):
    code, out, _ = call(
        *("check", "calm", "--json", "--set", "inventory_policy.any.noise={cv: 5%, memory: 2 weeks}"),
        *("--set", "inventory_policy.any.lead=null", "--set", "inventory_policy.any.opening=null"),
    )
    changed = sum(row["numbers"] for row in json.loads(out)["numbers"])
    _, before, _ = call("check", "calm", "--json")
    assert code == 0
    assert changed == sum(row["numbers"] for row in json.loads(before)["numbers"]) + 2 - 1


@pytest.mark.parametrize("words", MISTAKES, ids=" ".join)
def test_a_mistake_of_the_user_is_answered_with_code_2_and_no_traceback(call, words):
    code, out, err = call(*words)
    assert (code, out) == (2, "")
    assert MISTAKES[words] in err
    assert "Traceback" not in err


def test_all_mistakes_of_a_file_are_told_at_once(call, tmp_path):
    path = tmp_path / "wrong.yaml"
    path.write_text("extends: calm\ntitel: x\nhorizon: {tick: 7 dayz}\nregions: {XX: {nam: Y}}\n")
    code, out, err = call("run", str(path))
    assert (code, out) == (2, "")
    for place in ("wrong.yaml:2:1: titel", "wrong.yaml:3:", "wrong.yaml:4:"):
        assert place in err


def test_a_disk_that_is_full_is_said_in_one_line(call, tmp_path, monkeypatch):
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    code, out, err = call("trace", "calm", *SHORT, "-o", str(tmp_path / "trace.nc"))
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert "No space left on device" in err
    assert list(tmp_path.iterdir()) == []


def test_tables_are_written_with_the_command_that_made_them(call, tmp_path):
    target = tmp_path / "trace.csv"
    code, out, _ = call("trace", "calm", *SHORT, "-o", str(target))
    assert code == 0
    assert out.splitlines()[-1] == f"Tables: {target}, and trace-*.csv beside it"
    with (tmp_path / "trace-provenance.csv").open(encoding="utf-8", newline="") as file:
        facts = {row["name"]: row["value"] for row in csv.DictReader(file)}
    assert facts["command"] == shlex.join(["diamondsim", "trace", "calm", *SHORT, "-o", str(target)])


FAILING = """
import sys
import diamondsim.scenario
def broken(): raise RuntimeError("the clock\\nran backwards")
diamondsim.scenario.shipped_scenarios = broken
from diamondsim.cli import main
main([*sys.argv[1:], {words}])
"""


@pytest.mark.parametrize("words, lines", [("'scenarios'", 1), ("'--debug', 'scenarios'", 5)])
def test_our_own_failure_is_code_1_and_one_line_unless_debugging(words, lines):
    done = in_a_process(FAILING.format(words=words))
    out, err = done.communicate(timeout=60)
    assert (done.returncode, out) == (1, "")
    assert "RuntimeError: the clock" in err
    assert ("Traceback" in err) is (lines > 1)
    assert len(err.splitlines()) >= lines if lines > 1 else len(err.splitlines()) == 1
    assert ("report" in err) is (lines == 1)


STARTED = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # else deaf where the tests run in the background
from diamondsim.cli import main
from diamondsim.simulation.progress import ProgressReporter
inner = ProgressReporter.add
def more(self, done):
    print("running", flush=True)
    return inner(self, done)
ProgressReporter.add = more
main(["run", "calm", "-n", "100000", "--baseline", "none", "--workers", "{workers}"])
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for a single process")
@pytest.mark.parametrize("workers", [1, 2])
def test_an_interruption_is_code_130_and_one_line(workers):
    started = in_a_process(STARTED.format(workers=workers), wait_for="running")
    os.killpg(started.pid, signal.SIGINT)  # as a terminal does on Ctrl-C
    _, err = started.communicate(timeout=120)
    assert started.returncode == 130
    assert err == "diamondsim: interrupted\n"


@pytest.mark.skipif(os.name == "nt", reason="pipes break otherwise there")
@pytest.mark.parametrize("words", [["dump", "baseline-2026"], ["check", "calm", "--lanes"], ["scenarios"]])
def test_a_reader_that_has_read_enough_ends_it_quietly(words):
    started = in_a_process(f"from diamondsim.cli import main; main({words!r})")
    assert started.stdout is not None
    assert started.stderr is not None
    started.stdout.close()
    assert started.stderr.read() == ""
    assert started.wait(timeout=60) == 0
    started.stderr.close()


@pytest.mark.skipif(os.name == "nt", reason="no pseudo-terminals there")
def test_a_terminal_sees_progress_with_rate_and_a_pipe_sees_none():
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    words = ["run", "calm", *SHORT, "-n", "1000", "--baseline", "none"]
    with subprocess.Popen(
        [sys.executable, "-c", f"from diamondsim.cli import main; main({words!r})"],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
        text=True,
    ) as started:
        os.close(theirs)
        assert started.stdout is not None
        seen = b""
        with contextlib.suppress(OSError):  # raised at the end of a pseudo-terminal
            while piece := os.read(ours, 4096):
                seen += piece
        out = started.stdout.read()
    os.close(ours)
    assert started.returncode == 0
    assert re.search(rb"1000/1000", seen)
    assert re.search(rb"\d/s", seen)
    assert "\x1b" not in out
    assert "/s" not in out


def test_help_and_version_are_no_mistakes(call):
    code, out, _ = call("--help")
    assert code == 0
    assert all(word in out for word in ("scenarios", "check", "run", "trace", "dump"))
    assert call("--version")[1].split()[-1] == __version__
