"""Pairs of correlated inputs. Whether there are such inputs is known once the scenario is compiled."""

from diamondsim.errors import shown
from diamondsim.scenario.checks.findings import Findings
from diamondsim.scenario.content import Content
from diamondsim.scenario.correlation import TILDE, split_pair


def check_correlation(content: Content, findings: Findings) -> None:
    """Check that each key names two different inputs, and each pair stands once."""
    first: dict[frozenset[str], str] = {}
    for key in content.correlation:
        path = ("correlation", key)
        pair = split_pair(key)
        if "" in pair or TILDE in pair[1]:
            findings.note(
                path, f"{shown(key)} is no pair of inputs", on_key=True, allowed=f"'NAME {TILDE} NAME'"
            )
            continue
        if pair[0] == pair[1]:
            findings.note(path, "an input is correlated with itself", on_key=True)
            continue
        same = first.setdefault(frozenset(pair), key)
        if same != key:
            findings.twice(path, "pair", ("correlation", same))
