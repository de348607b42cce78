"""Every block is either run or has a row in the table of exceptions, and no row is stale."""

from __future__ import annotations

import pytest

from tests.documentation.command_lines import LANGUAGES as COMMAND_LANGUAGES
from tests.documentation.exceptions import NOT_RUN, NotRun
from tests.documentation.pages import blocks, blocks_of_all_pages

KNOWN_LANGUAGES = {"python", "yaml", "csv", "math", "text", *COMMAND_LANGUAGES}
"""Languages that a test runs, tables that the commands read, formulas, and plain text, which is only read."""


@pytest.mark.parametrize("row", NOT_RUN, ids=lambda row: f"{row.page}: {row.holds}")
def test_each_exception_concerns_one_block_and_has_a_reason(row: NotRun):
    assert len([block for block in blocks(row.page) if row.holds in block.text]) == 1
    assert row.reason


def test_each_block_is_in_a_language_that_a_test_knows():
    unknown = [
        block
        for block in blocks_of_all_pages()
        if block.language not in KNOWN_LANGUAGES and not block.language.startswith("{")  # of the site alone
    ]
    assert [f"{block}: {block.language}" for block in unknown] == []
