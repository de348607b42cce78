#!/usr/bin/env bash
# xarray: in calendars such as `noleap` and `360_day`, a missing date is read as the date that the units count from.
#
# Expected. A value equal to `_FillValue` or `missing_value` is missing (CF conventions, section 2.5.1), whatever the
#   calendar. The page of xarray.open_dataset says that such values are replaced with NA. With the calendar
#   `standard` they become NaT. cftime.num2date, which xarray calls for the other calendars, returns them masked.
# What happens. xarray turns that masked array into an ordinary one, in which a masked element holds the reference
#   date. `isnull` is False for all of them, nothing is warned of, and a file written from the Dataset holds 0 days
#   where the first one held a missing value. The same file with the calendar `standard` is read rightly. Only
#   if the numbers are stored as integers, or the first and the last one are both missing, is there an error.
# Version: xarray 2026.9.0, cftime 1.6.6.1 (netCDF4 1.7.5.1.post1, pandas 3.1.1, numpy 2.4.6).
# What it means here. Models that count in months of 30 days or years of 365 use these calendars, and a missing onset
#   stands for "no shortage in this replication". Below, three of five replications never run short; read back,
#   all of them do, and the median is the first day of the simulation. Store such times as numbers with units of
#   days and no `since`, or open with decode_times=False.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check \
    xarray==2026.9.0 cftime==1.6.6.1 netCDF4==1.7.5.1.post1 pandas==3.1.1 numpy==2.4.6
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import cftime
import netCDF4
import numpy as np
import xarray as xr

print("xarray", xr.__version__, "cftime", cftime.__version__, "netCDF4", netCDF4.__version__)
units = "days since 2030-01-01"
days = np.ma.masked_array([400.0, -1.0, -1.0, 90.0, -1.0], mask=[False, True, True, False, True])
found = {}
for calendar in ("standard", "noleap", "360_day"):
    with netCDF4.Dataset(f"{calendar}.nc", "w") as file:  # written without xarray
        file.createDimension("replication", days.size)
        onset = file.createVariable("onset", "f8", ("replication",), fill_value=-1.0)
        onset.units, onset.calendar = units, calendar
        onset[:] = days
    with netCDF4.Dataset(f"{calendar}.nc") as file:
        stored = file["onset"][:]
        dates = cftime.num2date(stored, units, calendar, only_use_cftime_datetimes=True)
    assert (stored.mask == days.mask).all() and (dates.mask == days.mask).all()
    with xr.open_dataset(f"{calendar}.nc") as dataset:
        onset = dataset["onset"].load()
    found[calendar] = onset
    shown = [str(date)[:10] for date in onset.values]
    print(f"{calendar:8}: missing {int(stored.mask.sum())} in the file, {int(onset.isnull().sum())} to xarray: {shown}")
assert (found["standard"].isnull().values == days.mask).all()
for calendar in ("noleap", "360_day"):
    onset = found[calendar]
    first = cftime.datetime(2030, 1, 1, calendar=calendar)
    assert not onset.isnull().any()
    assert all((date == first) == missing for date, missing in zip(onset.values, days.mask, strict=True))
    median = sorted(onset.values)[days.size // 2]
    print(f"{calendar:8}: median onset {median}, though three of five have none")
    assert median == first
    onset.to_dataset().to_netcdf("again.nc")
    with netCDF4.Dataset("again.nc") as file:
        again = cftime.num2date(file["onset"][:], file["onset"].units, calendar)
    again = np.ma.asarray(cftime.date2num(again, units, calendar)).tolist()
    print(f"{calendar:8}: days in a file written from it {again}")
    assert again == [400, 0, 0, 90, 0]
PY
echo "as described: missing dates are read as the reference date in noleap and 360_day"
