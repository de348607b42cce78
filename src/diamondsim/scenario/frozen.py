"""An immutable map that keeps its order.

`types.MappingProxyType` cannot be pickled, and scenarios are sent to worker processes.
"""

from typing import Any, NoReturn, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class FrozenMap(dict[K, V]):
    """A dict that refuses every change.

    Examples
    --------
    >>> FrozenMap({"a": 1})["b"] = 2
    Traceback (most recent call last):
    TypeError: a FrozenMap cannot be changed
    """

    def _refuse(self, *_args: Any, **_named: Any) -> NoReturn:
        raise TypeError("a FrozenMap cannot be changed")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[type["FrozenMap[K, V]"], tuple[dict[K, V]]]:
        return FrozenMap, (dict(self),)
