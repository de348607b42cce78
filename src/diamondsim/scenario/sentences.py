"""The sentence on each key of a scenario file: the string below the field that reads the key.

pydantic can read these strings too (`use_attribute_docstrings`), but only when a class is made: every process
would then read and parse the source of all classes when it starts. Only the JSON Schema needs them.
"""

import ast
import inspect
import textwrap
from functools import cache
from itertools import pairwise

from pydantic import BaseModel

from diamondsim.scenario.keys import holders_along
from diamondsim.scenario.scenario import Scenario


def key_sentences(model: type[BaseModel]) -> dict[str, str]:
    """Return the sentences on the keys of a map.

    Parameters
    ----------
    model : type of pydantic.BaseModel
        The class that reads the map. Sentences of the classes that it extends count too.

    Returns
    -------
    dict of str to str
        By key as it is written in a file. A field without a string below it is not there.

    Examples
    --------
    >>> from diamondsim.scenario.schema import Horizon
    >>> key_sentences(Horizon)["tick"]
    'Time step; default 7 days'
    """
    below: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if issubclass(base, BaseModel) and base is not BaseModel:
            below |= _strings_below_fields(base)
    keys = {name: field.alias or name for name, field in model.model_fields.items()}
    return {key: below[name] for name, key in keys.items() if name in below}


def key_meaning(path: str) -> str:
    """Return the sentence on the last key of the format on the way to a value; "" if there is none.

    Parameters
    ----------
    path : str
        Of a value in a scenario, its parts joined by dots; ids and selectors may hold dots themselves.

    Returns
    -------
    str
        Without what the value is by default.

    Examples
    --------
    >>> key_meaning("inventory_policy.JP.any.cover")
    'Target stock on hand, as a duration of demand'
    >>> key_meaning("facilities.georgia.stages.construction")
    'Stages in order, by id; the end of the last one is first output'
    """
    found = ""
    for key, models in holders_along(Scenario, path.split(".")):
        for model in models:
            found = key_sentences(model).get(key, found)
    return found.split("; default")[0]


@cache
def _strings_below_fields(model: type[BaseModel]) -> dict[str, str]:
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    assert isinstance(definition, ast.ClassDef), "the source of a class is a class"
    found = {}
    for field, after in pairwise(definition.body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            match after:
                case ast.Expr(ast.Constant(str(sentence))):
                    found[field.target.id] = inspect.cleandoc(sentence).replace("\n", " ")
    return found
