"""Scenario files: reading, merging, checking, writing. Other packages import from here alone."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
