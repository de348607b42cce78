"""Trade statistics of the user: read, reconciled, and turned into the trade and demand of a scenario."""

from diamondsim.trade.reader import DEFAULT_BASE, read_trade

__all__ = ["DEFAULT_BASE", "read_trade"]
