#!/usr/bin/env bash
# ipfn: a table balanced to trade by destination and origin has the trade of one origin only.
#
# Expected. `ipfn(table, aggregates, dimensions)` scales a table until its sums over the other axes are the aggregates.
#   For an aggregate of two axes `dimensions` lists both. With [2, 0] and the transposed aggregate it is the same
#   task as with [0, 2], and so it is with a frame, where columns are named. The status is 1 for success, 0 for failure.
# What happens. Axes that do not ascend are matched as long as they do: of [2, 0] only axis 2 is used. Each slice
#   is scaled to the aggregate of every origin in turn, and that of the last one stays. Of 165 kt the balanced table has
#   79. The status is 1, and the printed line says "converged": it means that the last two rounds were alike. For the
#   same reason aggregates that contradict each other, of 30 and 40 kt in all, are a success.
# Version: ipfn 1.4.4 (numpy 2.4.6, pandas 3.1.1).
# What it means here. Trade between countries is estimated so from totals of exporters and importers. Half of it
#   is missing without an error. A guard: compare the sums of the result with the aggregates; list axes in
#   ascending order.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check ipfn==1.4.4 numpy==2.4.6 pandas==3.1.1
"$folder/venv/bin/python" -W ignore - <<'PY'
from importlib.metadata import version
from itertools import product

import numpy as np
import pandas as pd
from ipfn import ipfn

print("ipfn", version("ipfn"))
# axes: origin (2), product (3), destination (4)
rng = np.random.default_rng(1)
start = rng.uniform(1, 2, (2, 3, 4))
by_origin_and_destination = np.array([[10.0, 20.0, 30.0, 26.0], [11.0, 22.0, 33.0, 13.0]])
by_product = np.array([40.0, 60.0, 65.0])
total = by_product.sum()
assert total == by_origin_and_destination.sum()


def balanced(aggregate, axes):
    return ipfn.ipfn(start.copy(), [by_product, aggregate], [[1], axes], verbose=1).iteration()


for name, aggregate, axes in (
    ("[0, 2]", by_origin_and_destination, [0, 2]),
    ("[2, 0]", by_origin_and_destination.T.copy(), [2, 0]),
):
    table, status = balanced(aggregate, axes)
    print(f"axes {name}: status {status}, {table.sum():.1f} of {total:.1f} kt;", end=" ")
    print("by origin and destination", table.sum(axis=1).round(1).tolist())
    assert status == 1
    if axes == [0, 2]:
        assert np.allclose(table.sum(axis=1), by_origin_and_destination, rtol=1e-4)
        assert np.allclose(table.sum(axis=(0, 2)), by_product, rtol=1e-4)
    else:
        assert np.allclose(table.sum(axis=(0, 1)), by_origin_and_destination[-1], rtol=1e-4)

names = ["origin", "product", "destination"]
rows = pd.DataFrame([(*cell, start[cell]) for cell in product(range(2), range(3), range(4))], columns=[*names, "total"])
aggregate = pd.Series(
    by_origin_and_destination.T.ravel(),
    index=pd.MultiIndex.from_product([range(4), range(2)], names=["destination", "origin"]),
)
found = ipfn.ipfn(
    rows, [pd.Series(by_product, index=range(3)), aggregate], [["product"], ["destination", "origin"]]
).iteration()
sums = found.groupby(["origin", "destination"])["total"].sum().unstack().to_numpy()
print("named columns in that order:", sums.round(1).tolist())
assert np.allclose(sums, by_origin_and_destination, rtol=1e-4)

table, status = ipfn.ipfn(
    np.ones((2, 2)), [np.array([10.0, 20.0]), np.array([15.0, 25.0])], [[0], [1]], verbose=1
).iteration()
print(f"aggregates of 30 and 40 kt: status {status}, by row {table.sum(axis=1).round(1)}, due 10 and 20 or a failure")
assert status == 1 and abs(table.sum() - 40) < 1e-6
PY
echo "as described: of two axes out of order only one counts, and the status is that of success"
