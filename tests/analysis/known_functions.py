"""Functions of uncertain inputs whose sensitivity indices are known, and Datasets of their values.

`Known.draw(n, generator)` returns the (n, K) inputs and the (n,) values; `Known.first_order` are the indices.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import xarray as xr

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Known:
    name: str
    draw: Callable[[int, np.random.Generator], tuple[Array, Array]]
    first_order: tuple[float, ...]


def _ishigami(n: int, generator: np.random.Generator) -> tuple[Array, Array]:
    x = generator.uniform(-np.pi, np.pi, (n, 3))
    return x, np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def _ishigami_indices() -> tuple[float, ...]:
    """Ishigami and Homma (1990), by integration, with a = 7 and b = 0.1."""
    parts = (0.5 * (1 + 0.1 * np.pi**4 / 5) ** 2, 7**2 / 8, 0.0)
    total = sum(parts) + 0.1**2 * np.pi**8 * (1 / 18 - 1 / 50)
    return tuple(float(part / total) for part in parts)


_G = np.array([0.0, 1.0, 4.5, 9.0, 99.0])


def _g_function(n: int, generator: np.random.Generator) -> tuple[Array, Array]:
    x = generator.uniform(size=(n, len(_G)))
    return x, np.prod((np.abs(4 * x - 2) + _G) / (1 + _G), axis=1)


def _g_indices() -> tuple[float, ...]:
    """Saltelli and Sobol' (1995): V[i] = 1 / (3 (1 + a[i])^2), V = prod (1 + V[i]) - 1."""
    parts = 1 / (3 * (1 + _G) ** 2)
    return tuple(float(part) for part in parts / (np.prod(1 + parts) - 1))


_SLOPES = np.array([3.0, 2.0, 1.0, 0.5, 0.0])


def _linear(n: int, generator: np.random.Generator) -> tuple[Array, Array]:
    x = generator.normal(size=(n, len(_SLOPES)))
    return x, x @ _SLOPES + generator.normal(size=n)


_CHANCES = np.array([0.4, 0.3, 0.1, 0.0])


def _flag(n: int, generator: np.random.Generator) -> tuple[Array, Array]:
    x = generator.uniform(size=(n, len(_CHANCES)))
    return x, (generator.uniform(size=n) < 0.1 + x @ _CHANCES).astype(float)


ISHIGAMI = Known("Ishigami", _ishigami, _ishigami_indices())
G_FUNCTION = Known("g-function", _g_function, _g_indices())
LINEAR = Known("linear", _linear, tuple((_SLOPES**2 / (_SLOPES @ _SLOPES + 1)).tolist()))
FLAG = Known("flag", _flag, tuple((_CHANCES**2 / 12 / 0.25).tolist()))
ALL = (ISHIGAMI, G_FUNCTION, LINEAR, FLAG)


def dataset_of(values: Array, **metrics: Array) -> xr.Dataset:
    """Return a run with some (n, K) inputs `x0`, `x1`, ..., and (n,) metrics of one use."""
    names = [f"x{k}" for k in range(values.shape[1])]
    grids = {
        name: (("replication", "region", "use"), each.reshape(-1, 1, 1)) for name, each in metrics.items()
    }
    return xr.Dataset(
        {"input_value": (("replication", "input"), values), **grids},
        {"input": names, "region": ["US"], "use": ["polishing"]},
        {"threshold": 0.05, "window_days": 28.0, "seed": 0},
    )
