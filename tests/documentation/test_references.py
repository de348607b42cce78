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


LETTERS = {
    "model": "",
    "backtest": "B",
    "compare": "C",
    "decide": "D",
    "discover": "X",
    "flip": "F",
    "independence": "H",
    "mixture": "M",
    "peers": "P",
    "results": "R",
    "sensitivity": "S",
    "size": "Z",
    "stress": "T",
}
"""The letter before the numbers of the formulas of each page."""


def numbers(page: str) -> list[tuple[str, int]]:
    """Return the letter and the number of each formula of a page; one inserted later (46a) is left out."""
    text = (ROOT / page).read_text(encoding="utf-8")
    found = re.findall(r"(?:\\tag\{|\*\*\()([A-Z]?)(\d+)(?:\}|\)\*\*)", text)
    return [(letter, int(number)) for letter, number in found]


def test_formulas_of_two_pages_have_different_letters():
    letters = {page: {letter for letter, _ in numbers(page)} for page in RUN_PAGES}
    used = {Path(page).stem: found for page, found in letters.items() if found}
    assert used == {page: {letter} for page, letter in LETTERS.items()}
    assert len({*LETTERS.values()}) == len(LETTERS)


@pytest.mark.parametrize("page", LETTERS)
def test_formulas_are_numbered_in_the_order_of_the_page_and_none_is_left_out(page):
    found = [number for _, number in numbers(f"docs/{page}.md")]
    assert found == [*range(1, len(found) + 1)]
