import json

import pytest

from benchmarks.figures import FiguresError, read
from tests.benchmarks.made import case, document, figures


def test_a_case_keeps_its_rounds_and_what_it_noted(tmp_path):
    found = figures(tmp_path, case("draw", seconds=(3.0, 1.0, 2.0), peak_bytes=17)).cases[0]
    assert (found.group, found.name, found.seconds, found.median) == ("phases", "draw", (3.0, 1.0, 2.0), 2.0)
    assert found.extra["peak_bytes"] == 17
    assert found.size == ("calm", 3, 5, 7, None)


def test_a_case_that_notes_nothing_is_named_after_its_test(tmp_path):
    bare = case("fused_kernel[calm]", group=None) | {"extra_info": {}}
    found = figures(tmp_path, bare).cases[0]
    assert (found.group, found.name, found.speed_of_machine) == ("", "fused_kernel[calm]", ())


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"machine_info": 1}'])
def test_another_file_is_refused_by_its_name(tmp_path, content):
    file = tmp_path / "other.json"
    file.write_text(content)
    with pytest.raises(FiguresError, match=r"other\.json' is not a file of figures"):
        read(file)


def test_a_case_without_rounds_is_refused(tmp_path):
    broken = case()
    del broken["stats"]["data"]
    file = tmp_path / "broken.json"
    file.write_text(json.dumps(document(broken)))
    with pytest.raises(FiguresError, match="not a file of figures: KeyError: 'data'"):
        read(file)


def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path):
    with pytest.raises(FiguresError, match=r"cannot read '.*nowhere\.json': No such file"):
        read(tmp_path / "nowhere.json")
