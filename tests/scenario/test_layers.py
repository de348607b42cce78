"""Files that extend one another are merged as a reference of ten lines merges them."""

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diamondsim.scenario.extends import resolve
from diamondsim.scenario.tree import plain

FILES = "abcde"
TEXTS = st.sampled_from(["x", "y", None])
# Keys of the format, because deleting one that is absent is allowed.
LAYERS = st.fixed_dictionaries(
    {},
    optional={
        "title": TEXTS,
        "as_of": TEXTS,
        "horizon": st.none() | st.dictionaries(st.sampled_from(["start", "length", "tick"]), TEXTS),
        "metrics": st.none() | st.dictionaries(st.sampled_from(["threshold", "window"]), TEXTS),
    },
)
# Each file extends some of those before it, in any order.
EXTENDED = st.tuples(
    *(st.lists(st.sampled_from(FILES[:k]), unique=True) if k else st.just([]) for k in range(len(FILES)))
)


def files_in_order(name, extends, order):
    for below in extends[name]:
        if below not in order:
            files_in_order(below, extends, order)
    return order.append(name) or order


def patched(target, patch):
    if not isinstance(patch, dict):
        return patch
    kept = target if isinstance(target, dict) else {}
    for key, value in patch.items():
        kept = {**kept, key: patched(kept.get(key), value)}
    return {key: value for key, value in kept.items() if patch.get(key, value) is not None}


def merged_files(extends, layers):
    with tempfile.TemporaryDirectory() as folder:
        for name, layer in layers.items():
            below = [f"{other}.yaml" for other in extends[name]]
            text = json.dumps({**layer, **({"extends": below} if below else {})})
            (Path(folder) / f"{name}.yaml").write_text(text, encoding="utf-8")
        return plain(resolve(Path(folder) / f"{FILES[-1]}.yaml"))


@given(extends=EXTENDED, layers=st.tuples(*([LAYERS] * len(FILES))))
def test_files_that_extend_one_another_are_merged_as_the_reference_merges_them(extends, layers):
    extends, layers = dict(zip(FILES, extends, strict=True)), dict(zip(FILES, layers, strict=True))
    expected: dict[str, object] = {}
    for name in files_in_order(FILES[-1], extends, []):
        expected = patched(expected, layers[name])
    assert merged_files(extends, layers) == expected


@pytest.mark.parametrize(
    "extended, order",
    [
        (["d", "c"], "abdc"),  # d extends b, c extends a and b: each file is merged once.
        (["c", "b"], "abc"),  # b stands later, but c extends it and has been merged over it.
        (["b", "c"], "abc"),
    ],
)
def test_a_file_is_merged_where_it_is_first_needed(extended, order):
    extends = {"a": [], "b": ["a"], "c": ["a", "b"], "d": ["b"], "e": extended}
    layers = {name: {"title": f"by {name}", "horizon": {"tick": name}} for name in "abcd"}
    assert files_in_order("e", extends, []) == [*order, "e"]
    top = order[-1]
    assert merged_files(extends, {**layers, "e": {}}) == {"title": f"by {top}", "horizon": {"tick": top}}
