"""The command mixture: the table, the document, and what is refused."""

from __future__ import annotations

import json

import pytest
import xarray as xr

SHORT = ("--set", "horizon.length=2 yr", "-n", "40", "--workers", "1")


@pytest.fixture
def document(call):
    code, out, _ = call("mixture", "lapse-2027=0.7", "reinstated-2027=30%", *SHORT, "--json")
    assert code == 0
    return json.loads(out)


def test_the_document_has_each_use_with_its_interval(document):
    assert document["scenarios"] == [
        {"name": "lapse-2027", "probability": 0.7},
        {"name": "reinstated-2027", "probability": 0.3},
    ]
    assert document["paired"] is True
    (polishing,) = [row for row in document["uses"] if (row["region"], row["use"]) == ("US", "polishing")]
    chance = polishing["probability_of_shortage"]
    assert 0 <= chance["low"] <= chance["estimate"] <= chance["high"] <= 1
    ends = {polishing[end]["scenario"]: polishing[end]["chance"] for end in ("lowest", "highest")}
    assert chance["estimate"] == pytest.approx(0.7 * ends["lapse-2027"] + 0.3 * ends["reinstated-2027"])


def test_the_table_names_the_scenarios_and_fits(call, tmp_path):
    path = tmp_path / "mixture.nc"
    code, out, _ = call("mixture", "lapse-2027=0.7", "reinstated-2027=30%", *SHORT, "-o", str(path))
    assert code == 0
    lines = out.splitlines()
    assert lines[0] == "40 replications of each scenario, seed 0, with common random numbers"
    assert lines[1] == "changed in every scenario: horizon.length=2 yr"
    assert lines[2].startswith("(a) 0.7: lapse-2027: ")
    assert lines[3].startswith("(b) 0.3: reinstated-2027: ")
    assert max(map(len, lines)) <= 110
    place = next(k for k, line in enumerate(lines) if line.startswith("United States"))
    head, row = lines[place : place + 2]
    assert row.startswith("  ")
    assert row[head.index("lowest")] in "ab"
    assert row[head.index("highest")] in "ab"
    assert xr.open_dataset(path)["probability"].values.tolist() == [0.7, 0.3]


def test_a_change_is_told_and_warned_of_as_by_a_run(call):
    code, out, err = call(
        *("mixture", "lapse-2027=0.7", "reinstated-2027=30%", *SHORT),
        *("--set", "facilities.georgia.stages.constrution=20 months"),
    )
    assert code == 0
    assert "facilities.georgia.stages.constrution=20 months" in out
    assert "warning: " in err
    assert "constrution" in err


@pytest.mark.parametrize(
    "words, told",
    [
        (("lapse-2027",), "expected SCENARIO=PROBABILITY, as in lapse-2027=60%, found 'lapse-2027'"),
        (("=60%", "calm=40%"), "expected SCENARIO=PROBABILITY, as in lapse-2027=60%, found '=60%'"),
        (("calm=60%", "calm=40%"), "'calm' is there twice: expected each scenario once"),
        (("calm=50%", "glut=50%", "-n", "10000001"), "1<=x<=10000000"),
        (("calm=1",), "a mixture needs two or more scenarios, found 1"),
        (("calm=60%", "glut=60%"), "expected the probabilities to add up to 1, found 1.2"),
        (("calm=60 days", "glut=40%"), "calm: expected a fraction, found"),
        (
            ("calm=150%", "glut=-50%"),
            "the probability of 'glut': expected more than 0",
        ),
        (("lapse-2027=60%", "rolover=40%"), "there is no shipped scenario 'rolover'"),
    ],
)
def test_a_mistake_is_one_clear_line_before_anything_is_simulated(call, words, told):
    code, out, err = call("mixture", *words)
    assert (code, out) == (2, "")
    assert told in " ".join(err.split())
