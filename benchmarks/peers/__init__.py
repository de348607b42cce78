"""One stock and one supplier, stated for diamondsim, stockpyl and SupplyNetPy, with the same demands.

`problem` holds the equations, a plain recursion of them and the expected values; each of the other modules
states the problem for one library and returns the same `Path`. `docs/peers.md` gives the results.
"""
