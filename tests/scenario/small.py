"""A small scenario with a bit of everything, as plain data."""

from typing import Any

from diamondsim.scenario import read_scenario

TEXT = """\
title: Small
as_of: 2026-11-21
legal_state: "A (assumed)"
horizon: {start: 2026-11-23, length: 2 yr}
tracked_origin: CN
regions: {CN: {name: China}, US: {}}
grades: {mesh: {unit: ct}, plate: {unit: cm2}}
uses:
  grinding:
    class: civil
    grades: {mesh: 100%}
    growth: tri(1 3 5) %/yr
    value: 5 USD/ct
    substitution: {share: 15%, time: 12 months, opens: 2027-01-01}
  shells: {class: military, grades: {mesh: 100%}}
  spreaders: {grades: {plate: 100%}, value: 50 USD/cm2}
demand:
  US: {grinding: 36.525 Mct/yr, shells: {flow: 1 Mct/yr, grades: {mesh: 100%}}, spreaders: 100 kcm2/yr}
  CN: {grinding: 10 Mct/yr, assumed: "a guess"}
drivers: {boom: {uses: US.grinding, points: {2027-06-01: 1, 2028-06-01: tri(1 1.1 1.3)}}}
inventory_policy:
  any: {cover: 60 days, queue_weight: 50%, noise: {cv: 10%, memory: 2 months}}
  US.civil: {cover: tri(45 75 120) days, max_share_factor: none, source: {cover: a survey}, assumed: judged}
producers:
  cn:
    region: CN
    capacity: {mesh: 100 Mct/yr, plate: 200 kcm2/yr}
    lead: {US: tri(5 7 10) days, any: 3 days}
    sourcing_limit: {US.shells: 50%}
    outages: {power: {rate: 2/yr, length: 3 days}}
    scheduled_outages: {strike: {begin: 2027-03-01, end: 2027-04-01, loss: 40%}}
  mill: {region: US, capacity: {mesh: 5 Mct/yr}, feed: {mesh: {grade: mesh, yield: 95%}}}
facilities:
  plant:
    region: US
    nameplate: tri(300 450 900) Mct/yr
    product_mix: {mesh: 100%}
    decision: 2026-02-17
    stages: {financing: 8 months, construction: 24 months}
    ramp: 20 months
    yield: {start: 60%, end: 92%}
    qualification: {civil: 3 months, any: 6 months}
    contract_shares: {US.any: 60%}
trade:
  cn: {US: 30 Mct/yr, CN: 10 Mct/yr}
  cn@cm2: {US: 100 kcm2/yr}
  mill: {US: 4 Mct/yr}
lanes: {cn -> US.shells: {share: 70%}}
controls:
  licence:
    covers: {from: [CN], to: any, grades: [mesh]}
    start: suspended
    timeline: {2027-03-03: licensing, 2028-03-03: {licensing: 75%, suspended: 25%}}
    sojourn: {banned: exponential(360 days)}
    transitions: {banned: none}
    licensing:
      any.any: {initial_rate: beta(0.9 7.05), dead_time: 50 days, withdrawal_rate: 20%/month}
      US.civil: {long_run_rate: 40%}
    diversion: {share: 20%, delay: 60 days}
  ban: {covers: {from: CN, to: US, grades: mesh}, requires: licence}
reserves: {us: {region: US, grade: mesh, opening: 40 Mct, release: 5 Mct/month, serves: [shells, grinding]}}
reference_values: {P_short: 0.6065, mean_shortage: 21835 ct}
"""


def small(*changes: tuple[str, str]) -> Any:
    """Return the scenario with parts of its text replaced."""
    return read_scenario(changed(*changes), name="small.yaml")


def changed(*changes: tuple[str, str]) -> str:
    text = TEXT
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        text = text.replace(old, new)
    return text
