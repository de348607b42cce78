"""The site is built without a warning, needs no network, and has every page in its navigation."""

from __future__ import annotations

import doctest
import importlib
import itertools
import re
import subprocess
import sys
from pathlib import Path

import pytest

import diamondsim as ds
from docs.extensions.site_text import from_docs
from tests.documentation.pages import PAGES, ROOT, blocks

EXTENSIONS = sorted(path.stem for path in (ROOT / "docs" / "extensions").glob("*.py"))
MADE_FOR_THE_SITE = [
    page
    for page in PAGES
    if re.search(r"^<!-- (?:public names|scenario keys)", (ROOT / page).read_text("utf-8"), re.MULTILINE)
]
LOADED = re.compile(r"<(?:script|link|img|iframe|source)\b[^>]*?\b(?:src|href)=\"((?:https?:)?//[^\"]+)")
"""What a browser loads from another host when it opens a page; links that a reader follows are not."""


def test_the_site_is_built_without_a_warning_and_needs_no_network(tmp_path):
    pytest.importorskip("sphinx-mathjax-offline", reason="of the dependency group docs")
    words = ["--quiet", "--fail-on-warning", "--keep-going", ROOT / "docs", tmp_path]
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", *words], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    pages = {path.relative_to(tmp_path).as_posix(): path for path in tmp_path.rglob("*.html")}
    assert {f"{Path(page).relative_to('docs').with_suffix('.html')}" for page in of_docs()} <= pages.keys()
    texts = {page: path.read_text(encoding="utf-8") for page, path in pages.items()}
    assert {page: found for page, text in texts.items() if (found := LOADED.findall(text))} == {}
    reference = "".join(text for page, text in texts.items() if page.startswith("api/"))
    assert [name for name in public_names() if f'id="diamondsim.{name}"' not in reference] == []
    assert (tmp_path / "_static" / "tex-svg.js").stat().st_size > 1_000_000


def public_names() -> list[str]:
    return [*(set(ds.__all__) - {"plot"}), *(f"plot.{name}" for name in ds.plot.__all__)]


def test_each_public_name_is_in_one_group_of_the_reference():
    pytest.importorskip("sphinx", reason="of the dependency group docs")
    groups = importlib.import_module("docs.extensions.public_names").GROUPS
    assert sorted(itertools.chain(*groups.values())) == sorted(public_names())
    assert [f"docs/api/{group}.md" for group in groups] == below("docs/api.md")


def of_docs() -> list[str]:
    return [page for page in PAGES if page.startswith("docs/")]


def below(page: str) -> list[str]:
    """Return the pages that a page puts below itself in the navigation."""
    trees = [block.text for block in blocks(page) if block.language == "{toctree}"]
    names = [line for text in trees for line in text.splitlines() if line and not line.startswith(":")]
    return [(Path(page).parent / f"{name}.md").as_posix() for name in names]


def test_each_page_has_one_place_in_the_navigation():
    placed = ["docs/index.md"]
    for page in placed:  # which grows
        placed += below(page)
    assert sorted(placed) == sorted(of_docs())


def test_a_section_lists_its_pages_in_the_order_of_the_navigation():
    for section in below("docs/index.md"):
        text = (ROOT / section).read_text(encoding="utf-8")
        listed = re.findall(r"^\| \[[^]]+\]\(([\w./-]+)\.md\)", text, re.MULTILINE)
        assert [Path(name).name.lower() for name in listed] == [Path(page).stem for page in below(section)]


def test_of_a_page_the_site_leaves_out_its_contents_and_shows_titles_in_place_of_files():
    page = "# A\n\nFirst.\n\nContents: [B](#b) ·\n[C](#c)\n\n## B\n\nSee [b.md](b.md#c), [here](b.md).\n"
    assert from_docs(page) == "# A\n\nFirst.\n\n## B\n\nSee [](b.md#c), [here](b.md).\n"


@pytest.mark.parametrize("page", MADE_FOR_THE_SITE)
def test_a_page_whose_list_is_made_for_the_site_says_so_to_a_reader_of_the_file_alone(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    said = "In a checkout nothing is listed here"
    assert text.partition("<!-- ")[0].count(said) == 1
    assert len(MADE_FOR_THE_SITE) > 5
    assert "`python3 dev.py docs`" in text
    assert said not in from_docs(text)
    assert from_docs(text).count("<!-- ") == 1


@pytest.mark.parametrize("name", EXTENSIONS)
def test_the_examples_of_an_extension_give_what_they_show(name):
    pytest.importorskip("sphinx", reason="of the dependency group docs")
    module = importlib.import_module(f"docs.extensions.{name}")
    assert doctest.testmod(module).failed == 0
    assert doctest.testmod(module).attempted > 0
