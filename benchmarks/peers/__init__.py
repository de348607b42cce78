"""One stock and one supplier, stated for diamondsim, stockpyl and SupplyNetPy, and fed the same demands.

`problem` holds the equations, a plain recursion of them and what theory expects; each of the other modules
states the problem for one library and brings back the same `Path`. `docs/peers.md` tells what came out.
"""
