#!/usr/bin/env bash
# ema_workbench: PRIM ends in an error on inputs that are whole numbers.
#
# Expected. IntegerParameter is one of the kinds of inputs of the workbench, and Prim has an operation for the
#   columns that it makes (dtype int): _discrete_peel. With a number of months from 1 to 12 and an event that
#   happens in 4 months or less, the box is "months <= 4".
# What happens. After the peeling the limits are pasted by the operation for real numbers, which writes the limit
#   4.5 into a table whose column is int64. Since pandas 3 that is an error: TypeError: Invalid value '4.5' for
#   dtype 'int64'. Neither release forbids pandas 3, so that a fresh installation has it.
# Version: ema_workbench 2.5.3 (pandas 3.1.1, numpy 2.4.6); 3.0.0, for Python 3.12 and later, does the same.
# What it means here. Leads in weeks, numbers of licences, counts of outages are whole numbers. As floats they pass.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check \
    ema_workbench==2.5.3 pandas==3.1.1 numpy==2.4.6
MPLBACKEND=Agg TQDM_DISABLE=1 "$folder/venv/bin/python" -W ignore - <<'PY'
from importlib.metadata import version

import numpy as np
import pandas as pd
from ema_workbench.analysis import prim

random = np.random.default_rng(1)
n = 4000
months, stock = random.integers(1, 13, n), random.uniform(size=n)
happens = (months <= 4) & (stock < 0.4)
print("ema_workbench", version("ema_workbench"), "pandas", version("pandas"))
seen = {}
for kind in (float, int):
    inputs = pd.DataFrame({"months": months.astype(kind), "stock": stock})
    try:
        box = prim.Prim(inputs, happens, threshold=0.8).find_box()
        seen[kind] = float(box.box_lims[-1]["months"].iloc[1])
    except TypeError as error:
        seen[kind] = str(error)
    print(f"  months as {kind.__name__}: upper limit {seen[kind]}")
assert seen[float] == 4.5
assert seen[int] == "Invalid value '4.5' for dtype 'int64'"
PY
echo "as described: whole numbers cannot be pasted"
