"""How the number at a path of a scenario is drawn, and the name that seeds its stream.

A stream is seeded by its name: the path of its number, in which the word that a key declares for its stream
stands in the place of the key. So renaming a key changes no draw.
"""

from functools import cache

from diamondsim.scenario.controls import Licensing
from diamondsim.scenario.fields import ONCE, Drawn
from diamondsim.scenario.keys import drawn_along, models_below
from diamondsim.scenario.schema import Content
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


@cache
def drawn_at(path: Path) -> Drawn:
    """Return how the number at a path is drawn.

    Examples
    --------
    >>> drawn_at(("controls", "cn_55", "sojourn", "licensing")).each
    'sojourn'
    """
    anew = (drawn for drawn in reversed(drawn_along(Content, path)) if drawn.each != "replication")
    return next(anew, ONCE)


@cache
def latent_words() -> dict[str, str]:
    """Return the words that seed the latent uniforms of licensing rules, by name of the uniform.

    Examples
    --------
    >>> latent_words()["initial_rate"]
    'trough'
    """
    declared = (
        drawn_along(model, (key,))[0] for model in models_below(Licensing) for key in model.model_fields
    )
    return {drawn.latent: drawn.stream for drawn in declared if drawn.latent and drawn.stream}
