"""Ledger -> Dataset: metrics, bands, estimates and their storage (docs/results.md).

Other packages import from here, not from the modules of this package.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
