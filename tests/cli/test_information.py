"""`diamondsim information`: its table, its document, and mistakes."""

from __future__ import annotations

import json

import pytest

from diamondsim.reporting import readable_draw
from tests.cli.short_runs import BAN, CHANGES

SHORT = (*(word for change in CHANGES for word in ("--set", change)), "--workers", "1", "-n", "40")
STOCK = "stock: inventory_policy.u.opening=60 days; inventory_policy.u.cover=60 days"
WORDS = ("information", str(BAN), "--variant", STOCK, "--use", "home.u", *SHORT)


def test_table_and_document_have_the_same_choice(call):
    code, out, _ = call(*WORDS, "--cost", "stock=1000")
    assert code == 0
    assert max(map(len, out.splitlines())) <= 110
    code, text, _ = call(*WORDS, "--cost", "stock=1000", "--json")
    document = json.loads(text)
    assert document["chosen"] == "stock"
    paths = {one["input"]: one["path"] for one in document["inputs"]}
    assert any(name != path for name, path in paths.items())
    for name, path in paths.items():
        assert readable_draw(name, path) in out
    assert "is worth, kct" in out
    assert document["expected"]["stock"]["low"] >= 1000
    assert "Chosen without information: stock (*)." in out
    assert document["warnings"] == ["40 replications are few: use 1,000 or more"]


@pytest.mark.parametrize(
    "words, told",
    [
        (("--cost", "stock"), "--cost expects NAME=NUMBER, found 'stock'"),
        (
            ("--metric", "probability_of_shortage", "--cost", "stock=20"),
            "expected a share at least -100% and at most 100%, found '20'; did you mean '20%'?",
        ),
        (("--cost", "stok=1"), "there is no scenario 'stok'; did you mean 'stock'?"),
        (("--metric", "shortage"), "did you mean 'shortage_mean'?"),
        (("--use", "home.v"), "there is no use 'v'"),
    ],
)
def test_a_mistake_is_one_clear_line(call, words, told):
    code, out, err = call(*WORDS, *words)
    assert (code, out) == (2, "")
    assert told in " ".join(err.split())
