import pytest

from benchmarks.figures import FiguresError
from benchmarks.page import BEGIN, END, PAGE, with_figures
from tests.benchmarks.made import case, figures


def test_figures_replace_those_before_and_leave_the_text_alone(tmp_path):
    text = f"before\n\n{BEGIN}\nold\n{END}\n\nafter\n"
    said = with_figures(text, figures(tmp_path, case("draw")))
    assert said.startswith(f"before\n\n{BEGIN}\n\nSlide Rule, 2 cores")
    assert said.endswith(f" |\n\n{END}\n\nafter\n")
    assert "old" not in said
    assert "varied by a factor of 1.00" in said
    assert "| draw | calm: 3 x 5 x 7 |" in said


def test_the_same_figures_twice_change_nothing(tmp_path):
    run = figures(tmp_path, case("draw"), case(group="sizes"))
    once = with_figures(PAGE.read_text(encoding="utf-8"), run)
    assert "Slide Rule" in once
    assert with_figures(once, run) == once


@pytest.mark.parametrize(
    "text", ["", BEGIN, END, f"{END} {BEGIN}", f"{BEGIN}{END}{BEGIN}", f"{BEGIN}{END}{END}"]
)
def test_a_page_without_both_marks_once_is_refused(tmp_path, text):
    with pytest.raises(FiguresError, match="once each and in this order"):
        with_figures(text, figures(tmp_path, case()))


def test_a_trial_belongs_into_no_page(tmp_path):
    with pytest.raises(FiguresError, match="trial"):
        with_figures(f"{BEGIN}{END}", figures(tmp_path, case(), quick=True))
