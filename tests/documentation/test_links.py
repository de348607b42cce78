"""Links between the pages: each leads somewhere, and every page is reached from the README."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import pytest

from docs.extensions.site_text import SHOWN
from tests.documentation.pages import PAGES, ROOT, Link, anchor_of, anchors, links


def target_of(link: Link) -> tuple[str, str] | None:
    """Return the file a link leads to, from the root of the repository, and its anchor; None for the web."""
    parts = urlsplit(link.target)
    if parts.scheme or parts.netloc:
        return None
    if not parts.path:
        return link.page, parts.fragment
    path = (ROOT / link.page).parent / unquote(parts.path)
    resolved = path.resolve()
    inside = resolved.is_relative_to(ROOT) and resolved.exists()
    return (resolved.relative_to(ROOT).as_posix() if inside else "", parts.fragment)


def test_an_anchor_is_made_as_github_makes_it():
    assert anchor_of("8 Paths on disk") == "8-paths-on-disk"
    assert anchor_of("What `run` says, and why?") == "what-run-says-and-why"


@pytest.mark.parametrize("page", PAGES)
def test_every_relative_link_of_a_page_leads_to_a_file_and_a_heading(page):
    broken = []
    for link in links(page):
        target = target_of(link)
        if target is None:
            continue
        file, anchor = target
        if not file or (anchor and anchor not in (anchors(file) if file in PAGES else ())):
            broken.append(str(link))
    assert broken == []


def test_every_page_of_docs_is_reached_from_the_readme():
    reached, waiting = set(), ["README.md"]
    while waiting:
        page = waiting.pop()
        if page not in reached:
            reached.add(page)
            targets = (target_of(link) for link in links(page))
            waiting += [target[0] for target in targets if target and target[0] in PAGES]
    of_docs = {page for page in PAGES if page.startswith("docs/")}
    shown_from_the_top = {f"docs/{page}.md" for page in SHOWN}
    assert of_docs - shown_from_the_top - reached == set()
