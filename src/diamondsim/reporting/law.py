"""The mark on a legal state that was written for other controls."""

from __future__ import annotations


def outdated_lines(outdated: str | None) -> list[str]:
    """Return the line that says so, or none.

    Parameters
    ----------
    outdated : str or None
        Why the legal state may no longer hold; empty or None where nothing says so.

    Returns
    -------
    list of str

    Examples
    --------
    >>> outdated_lines("written for calm; the controls were changed since by --set controls.ban")
    ['! this legal state was written for calm; the controls were changed since by --set controls.ban']
    """
    return [f"! this legal state was {outdated}"] if outdated else []
