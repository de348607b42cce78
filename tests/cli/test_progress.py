"""Progress goes to standard error, so that it is shown beside a JSON document as beside a table."""

from __future__ import annotations

import pytest

from tests.cli.answering_commands import WITH_FILE

WITHOUT = {"trace"}
"""Commands that simulate one replication."""


class Asked(Exception):
    """Ends a command when it asks for a progress bar; the argument is whether it asks for none."""


@pytest.mark.parametrize("quiet", [False, True])
@pytest.mark.parametrize(
    "words",
    [(name, *each) for name, cases in WITH_FILE.items() if name not in WITHOUT for each in cases],
    ids=lambda words: " ".join(map(str, words))[:40],
)
def test_a_document_hides_no_progress(call, monkeypatch, tmp_path, words, quiet):
    def ask(quiet: bool, _counted: str = "") -> None:
        raise Asked(quiet)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("diamondsim.cli.console.progress", ask)
    if "run.nc" in words:
        words = [str(word).replace("run.nc", "calm") for word in words]
        words = [word.replace("home.u", "US.polishing").replace("4 kct", "4 Mct") for word in words]
    with pytest.raises(Asked) as asked:
        call(*map(str, words), "--json", *(["-q"] if quiet else []))
    assert asked.value.args == (quiet,)
