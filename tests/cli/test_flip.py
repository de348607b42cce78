"""The command flip: its sentence, its table, its document."""

from __future__ import annotations

import json

import pytest

WORDS = (
    *("flip", "lapse-2027", "inventory_policy.polishing.cover", "--use", "US.polishing"),
    *(
        "--set",
        "horizon.length=26 weeks",
        "-n",
        "16",
        "--workers",
        "1",
        "--from",
        "5 days",
        "--to",
        "150 days",
    ),
)


def test_the_sentence_and_the_document_say_the_same(call):
    code, out, _ = call(*WORDS, "--threshold", "50%")
    assert code == 0
    assert max(map(len, out.splitlines())) <= 110
    code, text, _ = call(*WORDS, "--threshold", "50%", "--json")
    document = json.loads(text)
    assert document["reached"] is True
    assert document["unit"] == "days"
    assert f"It falls below 50 % at {document['crossing']['estimate']:.3g} days [" in out
    assert len(document["answers"]) == sum(" days " in line and "%" in line for line in out.splitlines()) - 1


def test_without_a_break_even_the_ends_are_told(call):
    code, out, _ = call(*WORDS, "--threshold", "100%")
    assert code == 0
    assert "probability_of_shortage is not above 100 % at both ends, 5 days and 150 days: no break" in out


def test_an_answer_of_few_replications_says_so_and_a_quantity_has_its_unit(call):
    words = ["1" if word == "16" else word for word in WORDS[3:]]
    path = "inventory_policy.US.polishing.cover"
    code, out, _ = call("flip", "lapse-2027", path, *words, "--metric", "shortage_mean", "--threshold", "1e9")
    assert code == 0
    assert "(the scenario does not state it)" in out
    assert "1 replication a value is too few for an estimate: use 20 or more." in out
    assert "shortage_mean is not above 1e+09 ct at both ends" in out
    assert "shortage_mean (ct)" in out


@pytest.mark.parametrize(
    "words, told",
    [
        (("--use", "polishing", "--threshold", "20%"), "--use expects REGION.USE, as in US.polishing"),
        (("--use", "US.polishing", "--threshold", "20 days"), "--threshold: "),
        (("--use", "US.polishing", "--threshold", "20"), "found '20'; did you mean '20%'?"),
        (
            ("--use", "US.polishing", "--threshold", "120%"),
            "--threshold: expected a share at least 0%",
        ),
        (("--use", "US.polishing", "--threshold", "20%", "-n", "10000001"), "1<=x<=10000000"),
        (("--use", "US.polshing", "--threshold", "20%"), "did you mean 'polishing'?"),
    ],
)
def test_a_mistake_is_one_clear_line(call, words, told):
    code, out, err = call("flip", "lapse-2027", "inventory_policy.polishing.cover", *words)
    assert (code, out) == (2, "")
    assert told in " ".join(err.split())
