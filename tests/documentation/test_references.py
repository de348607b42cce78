"""What the pages name exists: files, folders, and modules of the package; formulas are numbered in order."""

import re
from pathlib import Path

import pytest

from tests.documentation.pages import RUN_PAGES

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "diamondsim"
PLACES = (ROOT, PACKAGE, ROOT / "docs", ROOT / "benchmarks")
MADE_BY_A_RUN = {"benchmarks/results/"}
SUFFIXES = ("py", "md", "toml", "txt", "in")


@pytest.mark.parametrize("page", RUN_PAGES)
def test_a_file_or_folder_that_a_page_names_is_there(page):
    named = re.findall(r"`([\w./-]+)`", (ROOT / page).read_text(encoding="utf-8"))
    files = {name for name in named if re.fullmatch(rf"[\w./-]+\.({'|'.join(SUFFIXES)})", name)}
    folders = {name for name in named if re.match(r"(tests|docs|benchmarks|scenarios|src)/", name)}
    missing = {name for name in files | folders if not any((place / name).exists() for place in PLACES)}
    assert missing <= MADE_BY_A_RUN


def test_formulas_of_two_pages_have_different_letters():
    pages = {page: (ROOT / page).read_text(encoding="utf-8") for page in RUN_PAGES}
    letters = {page: {*re.findall(r"\*\*\(([A-Z]+)\d+\)\*\*", text)} for page, text in pages.items()}
    used = [letter for each in letters.values() for letter in each]
    assert sorted(used) == sorted({*used})


@pytest.mark.parametrize(
    "page, form",
    [
        ("model.md", r"\\tag\{(\d+)\}|\*\*\((\d+)\)\*\*"),
        ("results.md", r"\*\*\(R(\d+)\)\*\*|\(R(\d+)\)$"),
        ("sensitivity.md", r"\*\*\(S(\d+)\)\*\*|\(S(\d+)\)$"),
        *(
            (f"{page}.md", rf"\*\*\({letter}(\d+)\)\*\*()")
            for page, letter in {
                "compare": "C",
                "decide": "D",
                "discover": "B",
                "flip": "F",
                "independence": "H",
                "mixture": "M",
                "size": "Z",
                "stress": "T",
            }.items()
        ),
    ],
)
def test_formulas_are_numbered_in_the_order_of_the_page_and_none_is_left_out(page, form):
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    numbers = [int(a or b) for a, b in re.findall(form, text, flags=re.MULTILINE)]
    assert numbers == [*range(1, len(numbers) + 1)]
    assert numbers
