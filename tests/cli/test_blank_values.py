"""Empty texts as options and arguments."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    "words, where",
    [
        (("run", "calm", "--store", ""), "'--store'"),
        (("run", "calm", "-o", " "), "'-o'"),
        (("run", "calm", "--set", ""), "'--set'"),
        (("check", ""), "'SCENARIO'"),
        (("compare", "calm", ""), "'SCENARIO"),
        (("new", ""), "'"),
    ],
    ids=" ".join,
)
def test_an_empty_text_is_refused_with_the_option_that_has_it(call, words, where):
    code, out, err = call(*words)
    assert (code, out) == (2, "")
    assert f"Invalid value for {where}" in err
    assert "expected a value, found an empty text" in err
