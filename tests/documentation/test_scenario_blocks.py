"""Every scenario and every fragment of one in the documentation is a valid scenario."""

from __future__ import annotations

import pytest

from diamondsim import ScenarioError, check, load_scenario
from tests.documentation.exceptions import is_run
from tests.documentation.pages import Block, blocks_of_all_pages
from tests.documentation.scenario_blocks import BASE, is_whole_file, scenario_of, write_named_files

YAML_BLOCKS = [block for block in blocks_of_all_pages() if block.language == "yaml" and is_run(block)]


@pytest.mark.parametrize("block", YAML_BLOCKS, ids=str)
def test_a_block_of_yaml_is_a_valid_scenario(block):
    check(scenario_of(block))


def test_a_fragment_is_laid_over_a_shipped_scenario():
    block = Block("page.md", 7, "yaml", "as_of: 2026-12-24\n")
    assert not is_whole_file(block)
    base, made = load_scenario(BASE), scenario_of(block)
    assert (made.title, str(made.as_of)) == ("A fragment", "2026-12-24")
    assert made.controls == base.controls


def test_what_is_wrong_with_a_block_is_reported_with_the_line_of_the_page():
    for text in ("habbits: {}\n", "extends: calm\ntitle: Mine\nhabbits: {}\n"):
        line = text.count("\n") - 1 + 7
        with pytest.raises(ScenarioError, match=rf"page\.md:{line}:1"):
            scenario_of(Block("page.md", 7, "yaml", text))


def test_a_named_file_is_found_in_the_folder(tmp_path):
    write_named_files("docs/tutorial.md", tmp_path)
    assert load_scenario(tmp_path / "reserve.yaml").title
