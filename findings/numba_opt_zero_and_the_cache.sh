#!/usr/bin/env bash
# numba: with NUMBA_OPT=0 a function that calls another is refused by the cache, for a reason that it does not
# have; and once it has been compiled with optimisation, NUMBA_OPT=0 runs the optimised code.
#
# Expected. numba's page on caching lists what cannot be cached: functions that use pointers of ctypes or large
#   global arrays. A function of arithmetic that calls another one of the same file is cached at every level of
#   optimisation. A level of optimisation is a setting of the compiler, so that code of another level is not a hit.
# What happens. With NUMBA_OPT=0 the caller is compiled, warned of as one that "uses dynamic globals (such as
#   ctypes pointers and large global arrays)", and not stored; the function that it calls is stored. With the
#   usual level both are stored. After that a process with NUMBA_OPT=0 finds the caller in the cache and runs
#   the code of level 3: the index of the cache does not hold the level.
# Version: numba 0.68.1 (llvmlite as it requires).
# What it means here. Tests of a simulation kernel set NUMBA_OPT=0, because optimisation is most of the time of
#   compiling. Without a cache folder of their own such tests either compile in every process, in spite of
#   cache=True, or check the code of another level, depending on what was run on the machine before; and a
#   comparison of times at two levels compares one level with itself. A folder named by the level avoids both.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check numba==0.68.1 numpy==2.4.6
cat > "$folder/kernel.py" <<'PY'
import numba


@numba.njit(cache=True)
def alone(stock):
    return 0.5 * stock


@numba.njit(cache=True)
def called(stock):
    return 2.0 * stock


@numba.njit(cache=True)
def caller(stock):
    total = 0.0
    for tick in range(10):
        total += called(stock + tick)
    return total
PY
cat > "$folder/run.py" <<'PY'
import os
import warnings

with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    import kernel

    assert (kernel.alone(1.0), kernel.caller(1.0)) == (0.5, 110.0)
words = [str(each.message) for each in seen if "Cannot cache" in str(each.message)]
state = {name: "hit" if sum(getattr(kernel, name).stats.cache_hits.values()) else "compiled"
         for name in ("alone", "caller")}
print(f"NUMBA_OPT={os.environ['NUMBA_OPT']}: {state}, warnings {len(words)}")
for word in words:
    assert 'compiled function "caller"' in word and "dynamic globals" in word
    print("   ", word.split("(")[0].strip())
PY
export NUMBA_CACHE_DIR="$folder/cache"
cd "$folder"
for level in 0 0 3 0; do
    NUMBA_OPT=$level venv/bin/python run.py
done | tee seen.txt
cat > expected.txt <<'TXT'
NUMBA_OPT=0: {'alone': 'compiled', 'caller': 'compiled'}, warnings 1
    Cannot cache compiled function "caller" as it uses dynamic globals
NUMBA_OPT=0: {'alone': 'hit', 'caller': 'compiled'}, warnings 1
    Cannot cache compiled function "caller" as it uses dynamic globals
NUMBA_OPT=3: {'alone': 'hit', 'caller': 'compiled'}, warnings 0
NUMBA_OPT=0: {'alone': 'hit', 'caller': 'hit'}, warnings 0
TXT
diff expected.txt seen.txt
echo "As described."
# Seen:
#   NUMBA_OPT=0: {'alone': 'compiled', 'caller': 'compiled'}, warnings 1
#       Cannot cache compiled function "caller" as it uses dynamic globals
#   NUMBA_OPT=0: {'alone': 'hit', 'caller': 'compiled'}, warnings 1
#       Cannot cache compiled function "caller" as it uses dynamic globals
#   NUMBA_OPT=3: {'alone': 'hit', 'caller': 'compiled'}, warnings 0
#   NUMBA_OPT=0: {'alone': 'hit', 'caller': 'hit'}, warnings 0
#   As described.
