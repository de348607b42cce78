#!/usr/bin/env bash
# DuckDB: the standard error of the mean of two years is 29 % too small.
#
# Expected. `sem` is described as the standard error of the mean: the sample standard deviation by the root of the
#   number of values, so `stddev(x) / sqrt(count(x))`, since `stddev` is the one of a sample. pandas and scipy
#   have functions of that name which return it.
# What happens. It divides the standard deviation of a population, with n and not n - 1, by the root of n. For two
#   values it is 0.71 of the standard error, for three 0.82 and for five 0.89. Neither the description nor the page
#   says so. It is the only one of its kind: `stddev`, `variance` and `covar_samp` are of a sample,
#   `skewness` and `kurtosis` corrected for its size.
# Version: duckdb 2.0.1 (pandas 3.1.1, scipy 1.17.1, numpy 2.4.6).
# What it means here. Yearly figures of a mineral are few. An interval for the mean of three years, with the right
#   quantile of Student's t for 95 %, holds the mean in 92.8 % of samples. A table that is moved from pandas to
#   DuckDB has narrower intervals. A guard: `stddev(x) / sqrt(count(x))`.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check \
    duckdb==2.0.1 numpy==2.4.6 pandas==3.1.1 scipy==1.17.1
"$folder/venv/bin/python" - <<'PY'
import duckdb
import numpy as np
import pandas as pd
from scipy import stats

print("duckdb", duckdb.__version__)
database = duckdb.connect()
described = database.execute(
    "select distinct description from duckdb_functions() where function_name = 'sem'"
).fetchall()
print("sem:", described)
assert "standard error of the mean" in described[0][0]

for output in ([14.0, 16.0], [14.0, 16.0, 15.3], [14.0, 16.0, 15.3, 17.1, 13.2]):
    rows = ", ".join(f"({value}::double)" for value in output)
    found, of_a_sample, deviation = database.execute(
        f"select sem(x), stddev(x) / sqrt(count(x)), stddev(x) from (values {rows}) t(x)"
    ).fetchone()
    due = pd.Series(output).sem()
    print(f"{len(output)} years: sem {found:.4f}, stddev / sqrt(n) {of_a_sample:.4f}, pandas {due:.4f}", end="; ")
    print(f"ratio {found / due:.3f}")
    assert np.isclose(due, of_a_sample) and np.isclose(due, stats.sem(output))
    assert np.isclose(deviation, np.std(output, ddof=1))
    assert np.isclose(found, due * np.sqrt((len(output) - 1) / len(output)))

quantile = stats.t(2).ppf(0.975) * np.sqrt(2 / 3)
held = stats.t(2).cdf(quantile) - stats.t(2).cdf(-quantile)
print(f"an interval of 95 % for the mean of three years holds it in {held:.1%}")
assert abs(held - 0.928) < 0.0005
PY
echo "as described: sem divides by n where the standard error of a mean has n - 1"
