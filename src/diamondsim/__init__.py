"""Simulate the supply of synthetic diamond under export restrictions and estimate shortages by use.

The public names are loaded when first used, so ``import diamondsim`` and ``diamondsim --help`` load neither
numpy nor xarray.

Examples
--------
>>> import diamondsim as ds
>>> scenario = ds.load_scenario("baseline-2026")
>>> paths = ds.monte_carlo(scenario, replications=64, seed=1)
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
