from itertools import pairwise

import numpy as np
import pytest
from scipy import special

from diamondsim.distributions import Uniform
from diamondsim.plan import NoiseRow, SubstitutionRow
from diamondsim.sampling import draw
from diamondsim.sampling.block import Block
from tests.sampling.plans import (
    LICENSING,
    NONE,
    SUSPENDED,
    entry,
    make_control,
    make_plan,
    number,
    split,
)


def noise(*rows: NoiseRow, n_ticks: int = 200, seed: int = 0):
    return draw(make_plan(noise_rows=rows, n_ticks=n_ticks), seed=seed).noise


def row(cv=0.2, memory=0.0, *, additive=False, name="noise") -> NoiseRow:
    return NoiseRow(name, additive, number(cv, f"{name}.cv"), number(memory, f"{name}.memory"))


@pytest.mark.parametrize("memory", [0.0, 30.0])
@pytest.mark.parametrize("additive", [True, False])
def test_noise_has_mean_nothing_and_the_coefficient_of_variation_in_every_tick(additive, memory):
    e = noise(row(0.2, memory, additive=additive), n_ticks=40)[:, 0]
    assert np.abs(e.mean(axis=1)).max() < 4 * 0.2 / np.sqrt(1024)
    assert np.abs(e.std(axis=1) - 0.2).max() < 4 * 0.2 / np.sqrt(1024)
    assert e.mean() == pytest.approx(0, abs=0.01)


def test_relative_noise_never_takes_more_than_all():
    assert noise(row(1.5))[:, 0].min() > -1


@pytest.mark.parametrize("lag", [1, 3])
def test_noise_forgets_exponentially(lag):
    z = noise(row(0.1, 30.0, additive=True))[:, 0]
    correlation = np.corrcoef(z[:-lag].ravel(), z[lag:].ravel())[0, 1]
    assert correlation == pytest.approx(np.exp(-7 * lag / 30), abs=0.01)


@pytest.mark.parametrize("memory", [0.0, 30.0, Uniform(-20.0, 60.0)])
def test_noise_is_that_of_the_whole_series_of_innovations(memory):
    """It is computed a few ticks at a time (model.md, eq. 80)."""
    drawn = noise(row(0.2, memory, additive=True), n_ticks=50)[:, 0]
    block = Block(0, 0)
    days = block.value(number(memory, "noise.memory"))
    rho = np.where(days > 0, np.exp(-7 / np.where(days > 0, days, 1.0)), 0.0)
    expected = special.ndtri(block.uniform_rows("noise/innovations", 50))
    expected[1:] *= np.sqrt(1 - rho * rho)
    for before, now in pairwise(expected):
        np.add(now, before * rho, out=now)
    assert np.array_equal(drawn, expected * 0.2)


def test_without_memory_ticks_are_independent():
    z = noise(row(0.1, 0.0))[:, 0]
    assert abs(np.corrcoef(z[:-1].ravel(), z[1:].ravel())[0, 1]) < 4 / np.sqrt(199 * 1024)


def test_a_longer_horizon_keeps_the_noise():
    assert np.array_equal(noise(row(0.1, 30.0), n_ticks=90)[:40], noise(row(0.1, 30.0), n_ticks=40))


def test_no_variation_is_no_noise():
    assert (noise(row(0.0, 30.0)) == 0).all()


def test_rows_have_noise_of_their_own():
    e = noise(row(name="a"), row(name="b"))
    assert abs(np.corrcoef(e[:, 0].ravel(), e[:, 1].ravel())[0, 1]) < 4 / np.sqrt(200 * 1024)


def test_the_size_of_the_noise_may_be_uncertain():
    e = noise(row(Uniform(0.01, 0.5), additive=True))[:, 0]
    deviations = e.std(axis=0)
    assert deviations.min() < 0.05
    assert deviations.max() > 0.4


# Substitution (model.md, eq. 81)


def substitution(share=0.4, days=28.0, tick=None, n_ticks=10, **changes):
    opened_by = tuple(range(len(changes.get("controls", ()))))
    rows = (SubstitutionRow("sub", number(share, "share"), number(days), tick, opened_by),)
    return draw(make_plan(substitution_rows=rows, n_ticks=n_ticks, **changes), seed=0).substitution[:, 0]


def test_substitution_opens_at_its_date_and_climbs_to_its_ceiling():
    values = substitution(tick=2)[:, 0]
    np.testing.assert_allclose(values, [0, 0, 0, 0.1, 0.2, 0.3, 0.4, 0.4, 0.4, 0.4], rtol=1e-14)


def test_substitution_that_takes_no_time_is_there_when_it_opens():
    assert substitution(tick=2, days=0.0)[:4, 0].tolist() == [0, 0, 0.4, 0.4]


def test_substitution_waits_for_a_control_to_be_in_force():
    controls = (make_control(timeline=(entry(3, LICENSING), entry(4, SUSPENDED))),)
    values = substitution(days=0.0, controls=controls)[:, 0]
    assert values.tolist() == [0, 0, 0, *[0.4] * 7]


def test_a_control_counts_only_when_the_one_it_requires_is_in_force_too():
    controls = (
        make_control("a", timeline=(entry(2, LICENSING),)),
        make_control("b", timeline=(entry(5, SUSPENDED),)),
    )
    assert (substitution(days=0.0, controls=controls, requires=np.array([1, -1])) == 0).all()
    later = (controls[0], make_control("b", timeline=(entry(5, LICENSING), entry(8, NONE))))
    values = substitution(days=0.0, controls=later, requires=np.array([1, 0]))[:, 0]
    assert values.tolist() == [0] * 5 + [0.4] * 5


def test_a_control_in_force_since_before_the_horizon_has_opened_it_then():
    values = substitution(controls=(make_control(timeline=(entry(-2, LICENSING),)),))[:, 0]
    np.testing.assert_allclose(values[:3], [0.2, 0.3, 0.4], rtol=1e-14)


def test_without_a_control_in_force_it_never_opens():
    assert (substitution() == 0).all()


def test_it_opens_with_the_first_of_its_own_controls():
    begins = {"a": 1, "b": 4, "c": 6}
    controls = tuple(make_control(name, timeline=(entry(t, LICENSING),)) for name, t in begins.items())
    rows = tuple(SubstitutionRow(str(by), number(0.4), number(0.0), None, by) for by in ((0,), (1, 2), (2,)))
    found = draw(make_plan(substitution_rows=rows, controls=controls, n_ticks=10), seed=0).substitution
    assert (found[:, :, 0] > 0).argmax(axis=0).tolist() == [1, 4, 6]


def test_each_replication_opens_with_its_own_first_spell():
    control = make_control(
        sojourn={NONE: number(Uniform(7.0, 63.0), "off")}, transitions={NONE: split(LICENSING)}
    )
    rows = (SubstitutionRow("sub", number(0.4), number(0.0), None, (0,)),)
    draws = draw(make_plan(substitution_rows=rows, controls=(control,), n_ticks=10), seed=0)
    in_force = draws.control_state[:, 0] == LICENSING
    assert np.array_equal(draws.substitution[:, 0] > 0, in_force)
    assert len(np.unique(in_force.argmax(axis=0))) == 9


def test_what_is_the_same_in_all_replications_is_in_memory_once():
    certain, drawn = substitution(tick=2), substitution(tick=2, share=Uniform(0.3, 0.5))
    assert certain.shape == drawn.shape == (10, 1024)
    assert (certain.strides[-1], drawn.strides[-1]) == (0, drawn.itemsize)


def test_a_test_before_the_ramp_delays_it_by_its_ticks():
    """Opened in tick 2, tested for 3 ticks, a ramp of 4 ticks to 0.4."""
    row = SubstitutionRow("sub", number(0.4), number(28.0), 2, (), number(21.0))
    values = draw(make_plan(substitution_rows=(row,), n_ticks=10), seed=0).substitution[:, 0, 0]
    np.testing.assert_allclose(values, [0, 0, 0, 0, 0, 0, 0.1, 0.2, 0.3, 0.4], atol=1e-15)


def test_a_test_begins_when_its_control_comes_into_force_and_never_without_one():
    row = SubstitutionRow("sub", number(0.4), number(0.0), None, (0,), number(Uniform(7.0, 21.0), "test"))
    control = make_control(timeline=(entry(3, LICENSING),))
    found = draw(make_plan(substitution_rows=(row,), controls=(control,), n_ticks=10), seed=0).substitution
    assert np.unique((found[:, 0] > 0).argmax(axis=0)).tolist() == [4, 5, 6]
    quiet = make_control(timeline=())
    assert (draw(make_plan(substitution_rows=(row,), controls=(quiet,)), seed=0).substitution == 0).all()
