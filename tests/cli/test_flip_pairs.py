"""The command flip with pairs: its tables, its document, what it costs, and mistakes in its options."""

from __future__ import annotations

import json

import pytest

from tests.cli.short_runs import BAN, CHANGES

COVER, SHARE = "inventory_policy.u.cover", "inventory_policy.u.backorder_share"
RANGE = ("--range", f"{COVER}=1 day..60 days")
WORDS = (
    *("flip", str(BAN), "--pair", SHARE, COVER, *RANGE, "--range", f"{SHARE}=0%..50%"),
    *("--set", CHANGES[0], "--set", "inventory_policy.u.opening=null"),
    *("--use", "home.u", "--threshold", "95%", "-n", "20", "--levels", "1", "--workers", "1"),
)


def test_the_table_and_the_document_say_the_same(call):
    code, out, err = call(*WORDS)
    assert code == 0, err
    assert max(map(len, out.splitlines())) <= 110
    assert "diamondsim: up to 15 runs of 20 replications, 300 in all" in err
    code, text, err = call(*WORDS, "--json", "--quiet")
    assert code == 0
    assert "diamondsim" not in err
    (pair,) = json.loads(text)["pairs"]
    assert (pair["first"]["path"], pair["second"]["path"]) == (SHARE, COVER)
    rows = [line for line in out.splitlines() if "[" in line and "%" in line]
    for level in pair["levels"]:
        assert level["side"] == "crosses"
        assert any(f" {level['crossing']['estimate']:.3g} [" in row for row in rows)
    assert len(pair["levels"]) == len(rows) == 1


@pytest.mark.parametrize(
    "words, told",
    [
        ((), "expected the PATH of a number, or --pair A B; found neither"),
        ((COVER, "--levels", "3"), "--levels belongs to --pair"),
        ((COVER, *RANGE), "--range belongs to --pair; for a PATH use --from and --to"),
        (
            ("--pair", SHARE, COVER, "--to", "5 days"),
            "--to belongs to a PATH; for a number of a pair use --range",
        ),
        ((COVER, "--pair", SHARE, COVER), f"or --pair, found both: {COVER} and --pair {SHARE} {COVER}"),
        (("--pair", SHARE, COVER, "--range", f"{COVER}=3 days"), "--range expects PATH=LOW..HIGH, found"),
        (("--pair", SHARE, COVER, *RANGE, *RANGE), f"--range: {COVER} is given twice"),
        (("--pair", SHARE, COVER, "--levels", "21"), "1<=x<=20"),
        (("--pair", f"{SHARE} {COVER}"), f"each a word of its own: --pair A B; found '{SHARE} {COVER}' and"),
        (("--pair", SHARE), f"--pair A B; found '{SHARE}' and '--use'"),
        (
            ("--pair", SHARE, COVER, *RANGE, "--range", f"{SHARE}=60%..40%"),
            f"--range: {SHARE}: expected low below high, found 0.6 and 0.4",
        ),
        ((COVER, "--from", "9 days", "--to", "3 days"), f"--from: {COVER}: expected low below high"),
        ((COVER, "--to", "-3 days"), "--to: "),
        (
            ("--pair", SHARE, COVER, "--range", f"{COVER}=-3 days..9 days"),
            f"--range: {COVER}: '-3 days' is below 0",
        ),
        (
            ("--pair", SHARE, COVER, *RANGE),
            f"{SHARE}: 0% is a single value: give its lowest and highest value in --range",
        ),
        (
            ("--pair", COVER, COVER, *RANGE),
            f"--pair: expected two different numbers in a pair, found {COVER} twice",
        ),
    ],
)
def test_a_mistake_is_told_before_a_run(call, words, told):
    code, out, err = call("flip", str(BAN), *words, "--use", "home.u", "--threshold", "20%")
    assert (code, out) == (2, "")
    assert told in " ".join(err.split())
    assert "runs of" not in err


def test_all_options_that_do_not_go_together_are_told_at_once(call):
    words = ("--from", "1 day", "--to", "5 days", COVER, "--pair", SHARE, COVER)
    code, _, err = call("flip", str(BAN), *words, "--use", "home.u", "--threshold", "20%")
    assert code == 2
    assert all(each in err for each in ("found both", "--from belongs", "--to belongs"))


def test_one_number_says_what_it_costs_too(call):
    words = (COVER, "--from", "1 day", "--to", "60 days", *WORDS[WORDS.index("--set") : -4], "--workers", "1")
    code, _, err = call("flip", str(BAN), *words, "--threshold", "100%")
    assert code == 0, err
    assert "diamondsim: up to 18 runs of 20 replications, 360 in all" in err
