#!/usr/bin/env bash
# SimPy: a PriorityStore hands out items of one priority in no order, where a PriorityResource serves in turn.
#
# Expected. Both are queues by priority. A PriorityResource serves requests of one priority in the order of their
#   arrival, and a Store hands out items in the order in which they were put in.
#   A PriorityStore with one priority for all should do what a Store does.
# What happens. The PriorityStore keeps its items in a binary heap and compares nothing but the items
#   themselves; PriorityItem compares its priority only. Items of one priority come out as the heap happens to
#   stand: six applications put in one after another come out as 0, 2, 5, 4, 1, 3, and the second of 100 waits
#   until almost all others have gone. The order is the same in each run, so that no test for reproducibility
#   shows it.
# Version: simpy 4.1.2.
# What it means here. A licence desk that decides by class and in turn within a class, written with a
#   PriorityStore, is not first come, first served. Throughput and mean queue are right, and so is the mean
#   wait; its spread and every percentile are not. Put (priority, number, item) into the store, with a running
#   number.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check simpy==4.1.2
"$folder/venv/bin/python" - <<'PY'
from importlib.metadata import version

import simpy
from simpy.resources.store import PriorityItem

print("simpy", version("simpy"))


def order_of(store_type, wrap, count):
    """Put `count` items in, one after another, then take them out; return them in the order taken."""
    environment = simpy.Environment()
    store = store_type(environment)
    taken = []

    def applicants():
        for number in range(count):
            yield store.put(wrap(number))
            yield environment.timeout(1)

    def desk():
        yield environment.timeout(count)
        for _ in range(count):
            item = yield store.get()
            taken.append(item)

    environment.process(applicants())
    environment.process(desk())
    environment.run()
    return taken


def order_of_requests(count):
    """Let `count` processes ask for a PriorityResource one after another; return the order served."""
    environment = simpy.Environment()
    desk = simpy.PriorityResource(environment)
    served = []

    def applicant(number):
        yield environment.timeout(0.01 * number)
        with desk.request(priority=1) as request:
            yield request
            served.append(number)
            yield environment.timeout(1)

    for number in range(count):
        environment.process(applicant(number))
    environment.run()
    return served


in_turn = list(range(6))
resource = order_of_requests(6)
store = order_of(simpy.Store, lambda number: number, 6)
by_priority = [item.item for item in order_of(simpy.PriorityStore, lambda n: PriorityItem(1, n), 6)]
numbered = [n for _, n in order_of(simpy.PriorityStore, lambda n: (1, n), 6)]
print("PriorityResource, one priority:", resource)
print("Store:                         ", store)
print("PriorityStore, one priority:   ", by_priority)
print("PriorityStore, (priority, n):  ", numbered)
assert resource == store == numbered == in_turn
assert by_priority == [0, 2, 5, 4, 1, 3]

many = [item.item for item in order_of(simpy.PriorityStore, lambda n: PriorityItem(1, n), 100)]
waits = [place - number + 100 for place, number in enumerate(many)]
print(f"of 100: number 1 is taken as number {many.index(1)}; mean wait {sum(waits) / 100:.0f},", end="")
print(f" shortest {min(waits)}, longest {max(waits)} (in turn: 100 each)")
assert many.index(1) > 90 and sum(waits) == 100 * 100
PY
echo "as described: items of one priority are not taken in turn"
