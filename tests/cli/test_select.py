"""`diamondsim select`: its table, its document, and mistakes."""

from __future__ import annotations

import json

import pytest

from tests.cli.short_runs import BAN, CHANGES

SHORT = (*(word for change in CHANGES for word in ("--set", change)), "--workers", "1", "-n", "40")
STOCK = "stock: inventory_policy.u.opening=60 days; inventory_policy.u.cover=60 days"
WORDS = ("select", str(BAN), "--variant", STOCK, "--use", "home.u", *SHORT)


def test_table_and_document_have_the_same_selection(call, tmp_path):
    code, out, _ = call(*WORDS, "--indifference", "20%", "-o", str(tmp_path / "found.nc"))
    assert code == 0
    assert max(map(len, out.splitlines())) <= 110
    table = out.split("\n\n")[1].splitlines()
    assert max(map(len, table)) <= 80
    code, text, _ = call(*WORDS, "--indifference", "20%", "--json")
    document = json.loads(text)
    scenarios = document["scenarios"]
    assert [name for name, one in scenarios.items() if one["selected"]] == ["stock"]
    assert "* Selected: stock." in out
    assert document["indifference"] == 0.2
    value = scenarios["exponential-ban"]["difference"]["estimate"]
    assert any(f"{100 * value:+.1f} [" in line for line in table)


def test_what_is_not_decided_says_how_many_replications_would_do(call):
    code, text, _ = call(*WORDS, "--indifference", "0.1%", "--json")
    needed = json.loads(text)["needed"]
    code, out, _ = call(*WORDS, "--indifference", "0.1%")
    assert code == 0
    flat = " ".join(out.split())
    assert "Not decided after 40 replications: exponential-ban and stock" in flat
    assert f"At most {needed:,} of each would decide." in flat


def test_a_mean_has_its_unit_in_the_heads(call):
    code, out, _ = call(*WORDS, "--indifference", "100", "--metric", "shortage_mean")
    assert code == 0
    assert "Mean shortage, kct" in out


@pytest.mark.parametrize(
    "words, told",
    [
        (("--indifference", "0%"), "--indifference: expected a share above 0% and below 100%, found '0%'"),
        (
            ("--indifference", "20"),
            "--indifference: expected a share above 0% and below 100%, found '20'; did you mean '20%'?",
        ),
        (
            ("--indifference", "101%"),
            "--indifference: expected a share above 0% and below 100%, found '101%'",
        ),
        (("--indifference", "much"), "--indifference: expected a fraction, found 'much'"),
        (("--indifference", "1%", "--best", "2"), "--best: expected 1, found 2"),
        (
            ("--indifference", "1%", "--confidence", "40%"),
            "--confidence: expected a share above 50%",
        ),
        (("--indifference", "1%", "--use", "home"), "--use expects REGION.USE"),
        (("--indifference", "1%", "--use", "home.v"), "there is no use 'v'"),
        (("--indifference", "1%", "--metric", "shortage"), "did you mean 'shortage_mean'?"),
    ],
)
def test_a_mistake_is_one_clear_line(call, words, told):
    code, out, err = call(*WORDS, *words)
    assert (code, out) == (2, "")
    assert told in " ".join(err.split())
