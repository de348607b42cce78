"""The public calls `simulate` and `monte_carlo`, and how their work is distributed over processes."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
