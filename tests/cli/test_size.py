"""The commands size-reserve and size-stock: their output and their mistakes."""

from __future__ import annotations

import json

import pytest

from tests.cli.short_runs import BAN

FEW = (
    *("--set", "horizon.length=100 days", "--set", "horizon.tick=10 days", "--set", "metrics.window=10 days"),
    *("-n", "16", "--workers", "1", "--survive", "60 days"),
)
NEW = ("--use", "home.u", "--grade", "g", "--serves", "u", "--most", "20 kct")
EMPTY = ("--set", "inventory_policy.u={opening: 0 days, cover: 0 days}")


def test_a_reserve_has_a_document_and_a_file(call, tmp_path):
    file = tmp_path / "sized.nc"
    code, text, _ = call("size-reserve", str(BAN), *NEW, *EMPTY, *FEW, "--json", "-o", str(file))
    assert code == 0
    document = json.loads(text)
    assert document["reached"] is True
    assert document["reserves"]["home_g"]["opening"]["estimate"] == pytest.approx(6_000, rel=0.2)
    assert document["dataset"] == str(file)
    assert file.exists()


def test_a_stock_has_a_table(call):
    code, out, _ = call("size-stock", str(BAN), "home.u", *FEW)
    assert code == 0
    assert "Target: median time to survive of home.u at least 60 days; 16 replications of each stock" in out
    assert "changed: horizon.length=100 days" in out
    assert "stock alone  " in out


@pytest.mark.parametrize(
    "words, told",
    [
        (("size-reserve", "--use", "u", "--chance", "10%"), "--use expects REGION.USE"),
        (("size-reserve", "--use", "US.polishing"), "expected one target (--chance, --cvar or --survive)"),
        (("size-reserve", "--use", "US.polishing", "--chance", "10"), "did you mean '10%'?"),
        (("size-reserve", "us_micrn", "--use", "US.polishing", "--chance", "10%"), "mean 'us_micron'?"),
        (("size-reserve", "--use", "US.machining", "--chance", "10%"), "--cost: expected the cost"),
        (
            ("size-reserve", "--use", "US.polishing", "--chance", "10%", "--cost", "0.2 USD/ct"),
            "--cost expects RESERVE=VALUE",
        ),
        (
            ("size-reserve", "us_micron", "--use", "US.polishing", "--chance", "10%", "--most", "9 days"),
            "most: expected a quantity",
        ),
        (("size-stock", "toolmaker", "--chance", "10%"), "there is no buyer 'toolmaker'; the scenario has"),
        (("size-stock", "US.polishin", "--chance", "10%"), "did you mean 'US.polishing'?"),
        (("size-stock", "US.polishing", "--chance", "1%", "-n", "10"), "expected 381 or more"),
        (
            ("size-stock", "US.polishing", "--chance", "1%", "--second-source", "oa_makers=50%"),
            "--second-source expects PRODUCER={...}",
        ),
        (("size-stock", "US.polishing", "--chance", "9%", "--vary", "goal"), "--vary: expected cover or"),
    ],
)
def test_a_mistake_is_one_clear_line(call, words, told):
    command, *rest = words
    code, out, err = call(command, "us-reserve", *rest)
    assert (code, out) == (2, "")
    assert told in " ".join(err.split())
