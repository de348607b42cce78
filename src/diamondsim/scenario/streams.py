"""Names of random streams: the words of a path as they are seeded.

A stream is seeded by its name: the path of its number, in which the word that a key declares for its stream
stands in the place of the key. So renaming a key changes no draw.
"""

from functools import cache

from diamondsim.scenario.content import Content
from diamondsim.scenario.controls import Licensing
from diamondsim.scenario.keys import drawn_along
from diamondsim.scenario.tree import Path


@cache
def stream_name(path: Path) -> str:
    """Return the name from which the number at a path is seeded.

    Examples
    --------
    >>> stream_name(("inventory_policy", "US.any", "cover"))
    'habits.US.any.cover'
    """
    words = zip(path, drawn_along(Content, path), strict=True)
    return ".".join(drawn.stream or str(step) for step, drawn in words)


def latent_words() -> dict[str, str]:
    """Return the words, by key, of what all licensing rules of a control read in a spell.

    Examples
    --------
    >>> latent_words()["initial_rate"]
    'trough'
    """
    declared = ((key, drawn_along(Licensing, (key,))[0]) for key in Licensing.model_fields)
    return {key: drawn.stream for key, drawn in declared if drawn.stream}
