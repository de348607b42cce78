"""Runs conditioned on what is observed: replications weighted by the likelihood of published figures."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
