"""Reading one file into a tree."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diamondsim.errors import ScenarioError
from diamondsim.scenario.dump import dump_tree
from diamondsim.scenario.overrides import node_of
from diamondsim.scenario.source import parse_tolerantly, parse_tree, read_tree
from diamondsim.scenario.tree import Mark, Table, key_mark, leaves, plain, value_mark
from diamondsim.scenario.written_text import stray_character

SAMPLE = b"""\
# a comment
title: "Two: words"
controls:
  cn_55:
    timeline: {2027-02-01: announced, 2027-03-03: {licensing: 75%, suspended: 25%}}
    covers: {from: [CN, "no"], to: any}
component: true
gone: null
quoted: 'null'
"""


def test_scalars_remain_text_except_true_false_and_null():
    assert plain(parse_tree(SAMPLE, "s.yaml")) == {
        "title": "Two: words",
        "controls": {
            "cn_55": {
                "timeline": {
                    "2027-02-01": "announced",
                    "2027-03-03": {"licensing": "75%", "suspended": "25%"},
                },
                "covers": {"from": ["CN", "no"], "to": "any"},
            }
        },
        "component": True,
        "gone": None,
        "quoted": "null",
    }


@pytest.mark.parametrize(
    "text", ["1e6", "NO", "yes", "012", "1_000", "2027-03-03", "0x1f", ".inf", "12:30:45"]
)
def test_numbers_and_dates_of_yaml_remain_text(text):
    assert plain(parse_tree(f"a: {text}".encode(), "s.yaml")) == {"a": text}


def test_every_key_and_value_knows_its_line_and_column():
    tree = parse_tree(SAMPLE, "s.yaml")
    path = ("controls", "cn_55", "timeline", "2027-03-03", "suspended")
    assert key_mark(tree, path) == Mark("s.yaml", 5, 68)
    assert value_mark(tree, path) == Mark("s.yaml", 5, 79)
    assert value_mark(tree, ("controls", "cn_55", "covers", "from", 1)) == Mark("s.yaml", 6, 25)


def test_the_place_of_what_is_not_there_is_that_of_the_deepest_part_that_is():
    tree = parse_tree(SAMPLE, "s.yaml")
    assert key_mark(tree, ("controls", "cn_56", "timeline")) == Mark("s.yaml", 3, 1)
    assert value_mark(tree, ("controls", "cn_55", "covers", "from", 7)) == Mark("s.yaml", 6, 20)


@pytest.mark.parametrize(
    "data, said",
    [
        (b"", "f.yaml:1:1: the file is empty"),
        (b"# only a comment\n", "f.yaml:1:1: the file is empty"),
        (b"- a\n- b", "f.yaml:1:1: expected a map at the top level, found a list"),
        (b"just text", "f.yaml:1:1: expected a map at the top level, found a single value"),
        (b"a: 1\n---\nb: 2", "f.yaml:2:1: found a second document after '---'; a file holds one scenario"),
        (b"a: 1\nb: 2\na: 3", "f.yaml:3:1: a: duplicate key 'a', first defined in line 1"),
        (b"a: &x 1", "f.yaml:1:4: a: the anchor '&x' is not allowed; write the value out"),
        (b"a: *x", "f.yaml:1:4: a: the alias '*x' is not allowed; write the value out"),
        (b"a: !!int 3", "f.yaml:1:4: a: the tag '!!int' is not allowed; remove it"),
        (
            b"a: !!python/name:os.system x",
            "f.yaml:1:4: a: the tag '!!python/name:os.system' is not allowed",
        ),
        (
            b"a:\nb: 1",
            "f.yaml:1:1: a: this key has no value: give one, {} for an empty map,",
        ),
        (b"a: {b: , c: 1}", "f.yaml:1:5: a.b: this key has no value"),
        (b"? [a]\n: 1", "f.yaml:1:3: a key must be a word"),
        (b"'': 1", "f.yaml:1:1: a key must be a word"),
        (b"a:\n\tb: 1", "f.yaml:2:1: not YAML: found a tab where YAML expects spaces"),
        (b"a: %b", "f.yaml:1:4: not YAML: a value that begins with this character must be quoted"),
        (b"a: b: c", "f.yaml:1:5: not YAML: a second ':' in a line, or a line that is indented too far"),
        (b"a: 1\n b: 2", "f.yaml:2:3: not YAML: a second ':' in a line, or a line that is indented too far"),
        (b"- a\nb: 1", "f.yaml:2:1: not YAML: this line is not aligned with the lines above it"),
        (b"a: 'x", "f.yaml:1:4: not YAML: quotes that are not closed"),
        (b"a: {b: c", "f.yaml:1:4: not YAML: the file ends inside brackets"),
        (b"a: {b: c]}", "f.yaml:1:9: not YAML: a {...} that is not closed or lacks a comma"),
        (b"a: [b}", "f.yaml:1:6: not YAML: a [...] that is not closed or lacks a comma"),
        (b"a: x\0y", "f.yaml:1:5: found the control character U+0000"),
        (b'a: "x\\0y"', "f.yaml:1:4: a: found the control character U+0000"),
        (b'a: {"x\\0y": 1}', "f.yaml:1:5: a: found the control character U+0000 in the key 'x\\x00y'"),
        (b'a: ["\\uD800"]', "f.yaml:1:5: a[0]: found the surrogate U+D800"),
        (b"a: 1\nb: \xff", "f.yaml:2:4: not UTF-8 text: byte 0xff"),
        ("a: 1".encode("utf-16"), "f.yaml:1:1: not UTF-8 text: this is UTF-16; save the file as UTF-8"),
        (b"x: " + b"[" * 40_000, "f.yaml:1:28: x: brackets or indents are nested more than 24 deep"),
        (b"x: " + b"{a: " * 40_000, "f.yaml:1:100: x: brackets or indents are nested more than 24 deep"),
        (b"%YAML 9.9\n---\na: 1", "f.yaml:1:1: not YAML: found incompatible YAML document"),
        (b'"\\UFFFFFFFF": 1', "f.yaml: not YAML: "),
        (
            b"x: {a: tri(10, 30, 60) %, b: 5}",
            "f.yaml:1:8: x.a: 'tri(10, 30, 60) %' was cut at the comma, because YAML splits values inside "
            "{...} and [...]; did you mean 'tri(10 30 60) %'?",
        ),
        (b"x: [tri(1, 2, 3), 5]", "f.yaml:1:5: x: 'tri(1, 2, 3)' was cut at the comma"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_a_file_that_is_not_a_scenario_gives_one_line(data, said):
    with pytest.raises(ScenarioError) as caught:
        parse_tree(data, "f.yaml")
    [problem] = caught.value.problems
    assert str(problem).startswith(said)
    assert "\n" not in str(problem)


def test_all_problems_of_form_are_reported_at_once():
    with pytest.raises(ScenarioError) as caught:
        parse_tree(b"a: &x 1\nb: *x\nc:\na: 2\nd: {e: uniform(1, 2), f: uniform(1, 2)}\n", "f.yaml")
    assert [(problem.line, problem.column) for problem in caught.value.problems] == [
        *((1, 4), (2, 4), (3, 1), (4, 1), (5, 8), (5, 26))
    ]


def test_a_file_that_changes_is_read_anew(tmp_path):
    file = tmp_path / "mine.yaml"
    for title in ("first", "second"):
        file.write_text(f"title: {title}", encoding="utf-8")
        assert plain(read_tree(file, "mine.yaml")) == {"title": title}


def test_the_same_mistakes_are_reported_each_time_with_the_name_of_the_file():
    for name in ("a.yaml", "a.yaml", "b.yaml"):
        tree, problems = parse_tolerantly(b"title: t\nas_of:\n", name)
        assert [problem.file for problem in problems] == [name]
        assert plain(tree) == {"title": "t"}
        problems.clear()


def test_a_byte_order_mark_and_windows_line_ends_are_accepted():
    assert plain(parse_tree("\ufeffa: 1\r\nb: 2\r\n".encode(), "f.yaml")) == {"a": "1", "b": "2"}


def test_a_path_that_is_not_a_regular_file_is_reported(tmp_path):
    os.mkfifo(tmp_path / "p.yaml")
    (tmp_path / "large.yaml").write_bytes(b"#" * (2**20 + 1))
    (tmp_path / "baseline.yaml").write_text("a: 1")
    (tmp_path / "run.nc").write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(2**20))
    kept = "a result that a command kept: report, plot, sensitivity and discover read one"
    said = {
        tmp_path / "run.nc": f"expected a scenario file, found {kept}",
        tmp_path: "expected a scenario file, found a directory",
        tmp_path / "p.yaml": "this is not a regular file",
        tmp_path / "large.yaml": "this file is larger than 1 MiB, the limit for a scenario",
        tmp_path / "basline.yaml": f"there is no such file; did you mean '{tmp_path / 'baseline.yaml'}'?",
        Path("a" * 5000): "cannot be read: File name too long",
        Path("/dev/zero"): "this is not a regular file",
    }
    for path, text in said.items():
        with pytest.raises(ScenarioError) as caught:
            read_tree(path, "it")
        assert str(caught.value) == f"1 problem:\nit: {text}"


@given(
    data=st.binary(max_size=60)
    | st.text(alphabet="ab:{}[],-\n \t'\"&*!|>%#?\\0", max_size=60).map(str.encode)
)
def test_any_bytes_are_a_tree_or_problems(data):
    try:
        tree = parse_tree(data, "f.yaml")
    except ScenarioError:
        return
    assert all(leaf.mark.line for _, leaf in leaves(tree))


TEXTS = st.text(max_size=12).filter(lambda text: stray_character(text) is None) | st.sampled_from(
    ["null", "true", "~", "a: b", "#", "- x", "tri(1 2 3) %", "5 ct", ""]
)
TREES = st.recursive(
    TEXTS | st.booleans() | st.none(),
    lambda inner: st.dictionaries(TEXTS.filter(bool), inner, max_size=4) | st.lists(TEXTS, max_size=3),
    max_leaves=12,
)


@given(content=st.dictionaries(TEXTS.filter(bool), TREES, max_size=5))
def test_what_is_dumped_reads_back_as_it_was(content):
    tree = node_of(content, Mark("memory"))
    assert isinstance(tree, Table)
    if content:
        text = dump_tree(tree)
        assert plain(parse_tree(text.encode(), "f.yaml")) == content
