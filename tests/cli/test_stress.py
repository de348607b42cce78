"""The commands worst-start and reverse-stress: their tables, their documents, their mistakes."""

from __future__ import annotations

import json

import pytest

from tests.cli.short_runs import BAN

BANNED = (
    *("--set", "horizon.length=90 days", "--set", "controls.ban.start=none"),
    *("--set", "controls.ban.sojourn=null", "--set", "controls.ban.transitions=null"),
    *("--set", "controls.ban.timeline={2026-01-21: banned, 2026-03-02: none}"),
    *("--set", "inventory_policy.u.opening=20 days", "--set", "inventory_policy.u.cover=20 days"),
)
COMMON = ("--use", "home.u", *BANNED, "-n", "8", "--workers", "1")
WORST = (
    "worst-start",
    str(BAN),
    "ban",
    *COMMON,
    "--from",
    "2026-01-06",
    "--to",
    "2026-03-27",
    "--points",
    "3",
)
SHOCK = ("--shock", "inventory_policy.u.opening=90 days..0 days")
REVERSE = ("reverse-stress", str(BAN), *COMMON, *SHOCK)


def test_each_date_has_a_line_and_the_worst_one_is_checked(call, tmp_path):
    target = str(tmp_path / "worst.nc")
    code, out, err = call(*WORST, "--metric", "shortage_mean")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "When the beginning of ban hurts home.u most"
    assert [line.split()[0] for line in lines if line.startswith("2026-")][:3] == [
        *("2026-01-06", "2026-02-15", "2026-03-27")
    ]
    assert max(map(len, lines)) <= 110
    document = json.loads(call(*WORST, "--metric", "shortage_mean", "--json", "-o", target)[1])
    values = [each["value"]["estimate"] for each in document["starts"]]
    # A ban of 40 days on 20 days of stock; one that begins in the last three days is survived.
    assert values[0] == values[1] == pytest.approx(20 * 100, rel=0.06)
    assert values[2] == 0
    assert document["starts"][2]["chance_worst"] == 0
    assert document["worst_value"]["estimate"] == pytest.approx(values[0])
    assert document["difference"]["estimate"] == 0
    assert document["stated"] == "2026-01-21"
    assert document["dataset"] == target
    assert f"{document['worst']} looks worst. With fresh draws it has " in " ".join(out.split())


def test_a_shock_has_its_breaking_value(call, tmp_path):
    target = str(tmp_path / "shock.nc")
    code, out, err = call(*REVERSE)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "What breaks home.u: a chance of a shortage above 50 %"
    assert "  from 90 days to 0 days: chance of a shortage 0 % and 100 %" in lines
    assert max(map(len, lines)) <= 110
    document = json.loads(call(*REVERSE, "--json", "-o", target)[1])
    (shock,) = document["shocks"]
    # It lasts for 20 days without orders and 40 without supply, less the day and a half that is no shortage.
    assert shock["breaking_value"]["estimate"] == pytest.approx(58.5, abs=2)
    assert shock["severity"]["estimate"] == pytest.approx(31.5 / 90, abs=0.03)
    assert shock["unit"] == "days"
    assert document["dataset"] == target
    assert f"breaks at {shock['breaking_value']['estimate']:.3g} days [" in out


@pytest.mark.parametrize(
    "words, told",
    [
        ((*WORST[:2], "bn", *WORST[3:]), "there is no control 'bn'; did you mean 'ban'?"),
        (
            (*WORST[:-6], "--from", "2026-03-27", "--to", "2026-01-06"),
            "--from: expected a date before 2026-01-06",
        ),
        (
            (*WORST, "--from", "2020-01-06"),
            "--from, --to: expected a date from 2026-01-01 until",
        ),
        ((*REVERSE, "--shock", "x=1"), "--shock expects PATH=MILD..SEVERE, found 'x=1'"),
        ((*REVERSE, *SHOCK), "--shock: inventory_policy.u.opening is given twice"),
        ((*REVERSE, "--shock", "inventory_policy.u.covr=1 day..2 days"), "covr"),
        ((*REVERSE, "--chance", "soon"), "--chance: expected a fraction, found 'soon'"),
        ((*REVERSE, "--chance", "100%"), "--chance: expected a share above 0% and below 100%, found '100%'"),
    ],
)
def test_a_mistake_is_one_clear_line(call, words, told):
    code, out, err = call(*words)
    assert (code, out) == (2, "")
    assert told in " ".join(err.split())
