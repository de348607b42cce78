import itertools
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from diamondsim.sampling.random_streams import BLOCK, to_uniforms, words

MASK = 2**64 - 1
PINNED = [0.2783769980954881, 0.9994330445275125, 0.1851639431561548]
NAMES = [
    *(f"demand.{region}.{use}" for region in ("US", "JP", "CN") for use in ("polishing", "drilling")),
    *(f"cn_55/spell{j}/{what}" for j in range(3) for what in ("initial_rate", "long_run_rate", "dead_time")),
    *(f"lead.{k}" for k in range(20)),
    *("a", "a/0", "a/1", "b", "A", "1:a", ":a", ""),
]


def philox(counter: list[int], key: list[int]) -> list[int]:
    """One step of Philox4x64-10 (Salmon, Moraes, Dror, Shaw, 2011, section 3), in plain integers."""
    (a, b, c, d), (k0, k1) = counter, key
    for _ in range(10):
        high0, low0 = divmod(0xD2E7470EE14C6C93 * a, 2**64)
        high1, low1 = divmod(0xCA5A826395121157 * c, 2**64)
        a, b, c, d = high1 ^ b ^ k0, low1, high0 ^ d ^ k1, low0
        k0, k1 = (k0 + 0x9E3779B97F4A7C15) & MASK, (k1 + 0xBB67AE8584CAA73B) & MASK
    return [a, b, c, d]


def test_the_words_are_those_of_philox_under_a_key_made_of_seed_and_name():
    import hashlib

    digest = hashlib.sha256(b"7:demand").digest()
    key = [int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:16], "little")]
    # The generator steps its counter before it yields; row 2 begins after 2 * 1024 / 4 steps.
    expected = [*philox([513, 0, 0, 5], key), *philox([514, 0, 0, 5], key)]
    assert words(7, "demand", 5, row=2)[0, :8].tolist() == expected


def test_the_first_uniforms_of_a_stream_are_pinned():
    assert to_uniforms(words(1, "demand", 0))[0, :3].tolist() == PINNED


def test_the_upper_counter_word_keeps_blocks_apart_for_more_rows_than_any_run_has():
    assert not np.isin(words(1, "a", 0, rows=64), words(1, "a", 1, rows=64)).any()


def test_more_rows_leave_the_first_ones_as_they_were():
    assert np.array_equal(words(1, "a", 3, rows=9)[:4], words(1, "a", 3, rows=4))


def test_a_row_drawn_alone_is_the_row_drawn_among_others():
    rows = words(1, "a", 3, rows=9)
    assert all(np.array_equal(words(1, "a", 3, row=k)[0], rows[k]) for k in range(9))


@pytest.mark.parametrize("begin, end", [(0, 1), (1, 2), (255, 513), (3, 900), (1000, 1024), (5, 5)])
def test_some_columns_are_those_of_the_whole_rows(begin, end):
    rows = words(1, "a", 3, row=2, rows=9)
    assert np.array_equal(words(1, "a", 3, row=2, rows=9, columns=slice(begin, end)), rows[:, begin:end])


def test_a_stream_is_the_same_in_every_thread():
    with ThreadPoolExecutor(4) as threads:
        drawn = list(threads.map(lambda k: words(1, f"{k % 3}", 0, rows=40, columns=slice(8, 16)), range(24)))
    for k, one in enumerate(drawn):
        assert np.array_equal(one, words(1, f"{k % 3}", 0, rows=40)[:, 8:16])


def test_seeds_names_and_blocks_make_other_words():
    one = words(0, "a", 0)
    assert not np.isin(one, words(1, "a", 0)).any()
    assert not np.isin(one, words(0, "b", 0)).any()
    assert not np.isin(one, words(0, "a", 1)).any()


def test_no_two_streams_are_equal():
    drawn = {words(seed, name, block).tobytes() for seed in (0, 1) for name in NAMES for block in (0, 1)}
    assert len(drawn) == 4 * len(NAMES)


def test_no_two_streams_are_correlated():
    # 8,192 uniforms a stream; with 4.7 standard errors a false alarm among 1,000 pairs has a chance of 0.3 %.
    streams = [
        np.concatenate([to_uniforms(words(seed, name, block))[0] for block in range(8)])
        for seed in (0, 1)
        for name in NAMES[:22]
    ]
    correlation = np.corrcoef(np.array(streams))
    pairs = [abs(correlation[i, j]) for i, j in itertools.combinations(range(len(streams)), 2)]
    assert max(pairs) < 4.7 / np.sqrt(8 * BLOCK)


def test_uniforms_are_uniform():
    from scipy import stats

    uniforms = to_uniforms(words(3, "a", 0, rows=20)).ravel()
    assert stats.kstest(uniforms, "uniform").pvalue > 1e-3


@pytest.mark.parametrize("word, uniform", [(0, 2.0**-53), (2**64 - 1, 1 - 2.0**-53), (2**63, 0.5 + 2.0**-53)])
def test_uniforms_lie_inside_the_open_interval_even_for_the_extreme_words(word, uniform):
    assert to_uniforms(np.array([word], dtype=np.uint64))[0] == uniform


def test_uniforms_are_symmetric_about_one_half():
    raw = words(1, "a", 0)[0]
    assert np.array_equal(to_uniforms(~raw), 1 - to_uniforms(raw))


def streams_of_a_scenario() -> list[str]:
    """Return the names of all streams that the draws of a shipped scenario come from."""
    from diamondsim.plan import compile_plan
    from diamondsim.sampling import block, draw, quasi_random
    from diamondsim.scenario import load_scenario

    asked = {}

    def listen(seed, name, *where, **rows):
        asked[name] = True
        return words(seed, name, *where, **rows)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(block, "words", listen)
        patched.setattr(quasi_random, "words", listen)
        draw(compile_plan(load_scenario("reinstated-2027")), seed=0, count=64)
    return list(asked)


@pytest.fixture(scope="module")
def scenario_streams() -> list[str]:
    return streams_of_a_scenario()


def largest_correlation(series: np.ndarray) -> float:
    """Return the largest correlation between any two series at any lag, or of one with itself shifted.

    In standard errors: of 1 / sqrt(length). Lags go round, so that a shift by half the length leaves half.
    """
    length = series.shape[1]
    apart = series - series.mean(axis=1, keepdims=True)
    waves = np.fft.rfft(apart / np.sqrt((apart**2).sum(axis=1, keepdims=True)))
    largest = 0.0
    for k, wave in enumerate(waves):
        at_lags = np.fft.irfft(wave.conj() * waves[k:], n=length)
        at_lags[0, 0] = 0.0
        largest = max(largest, float(np.abs(at_lags).max()))
    return largest * np.sqrt(length)


def test_no_word_comes_twice_in_all_the_streams_of_a_scenario(scenario_streams):
    assert len(scenario_streams) > 90
    drawn = np.array(
        [words(1, name, block, rows=3) for name in scenario_streams for block in (0, 1, 977)]
    ).ravel()
    # Among a million words of 64 bits two are equal with a chance of 3e-8.
    assert len(np.unique(drawn)) == len(drawn)


# Of 40 million normal deviates the largest exceeds 7 with a chance of 1e-4.
BOUND = 7.0


def test_no_two_streams_of_a_scenario_are_correlated_at_any_lag(scenario_streams):
    series = np.array(
        [
            np.concatenate([to_uniforms(words(1, name, block))[0] for block in range(8)])
            for name in scenario_streams
        ]
    )
    assert largest_correlation(series) < BOUND


@pytest.mark.parametrize("name", ["inventory_policy.any.cover", "cn_55/spell0/initial_rate"])
def test_no_two_blocks_or_rows_or_seeds_of_a_stream_are_correlated_at_any_lag(name):
    series = [
        row
        for seed in (1, 2)
        for block in (*range(12), 2**20)
        for row in to_uniforms(words(seed, name, block, rows=8))
    ]
    assert largest_correlation(np.array(series)) < BOUND


@pytest.mark.parametrize(
    "spoil",
    [
        lambda one: one,
        lambda one: 1 - one,
        lambda one: np.roll(one, 1),
        lambda one: np.roll(one, BLOCK // 2),
        lambda one: np.concatenate([one[700:], np.random.default_rng(1).random(700)]),
        lambda one: 0.3 * one + 0.7 * np.random.default_rng(2).random(len(one)),
    ],
    ids=["repeated", "mirrored", "shifted", "half a block late", "overlapping", "leaking"],
)
def test_the_bound_finds_a_stream_that_hangs_on_another(spoil):
    names = [f"lead.{k}" for k in range(20)]
    series = [np.concatenate([to_uniforms(words(1, name, block))[0] for block in range(2)]) for name in names]
    assert largest_correlation(np.array(series)) < BOUND
    series[13] = spoil(series[4])
    assert largest_correlation(np.array(series)) > BOUND


@pytest.mark.parametrize(
    "scenario, name, seeded, uniform",
    [
        ("reinstated-2027", "cn_55/spell0/initial_rate", "cn_55/spell0/trough", 0.6916824334779689),
        ("reinstated-2027", "cn_55/spell0/long_run_rate", "cn_55/spell0/long_run", 0.08283447085058693),
        ("reinstated-2027", "cn_55/spell1/dead_time", "cn_55/spell1/dead_time", 0.5105283316380612),
        ("reinstated-2027", "inventory_policy.any.queue_weight", "habits.any.trust", 0.5624398076538634),
        (
            "reinstated-2027",
            "controls.cn_55.diversion.share/spell0",
            "controls.cn_55.leakage.share/spell0",
            0.9973105575790734,
        ),
        (
            "flare-up",
            "controls.cn_55.sojourn.licensing/visit0",
            "controls.cn_55.stay.licensing/visit0",
            0.07273466576863086,
        ),
    ],
)
def test_the_names_that_seed_streams_outlive_the_keys_of_the_format(scenario, name, seeded, uniform):
    from diamondsim.plan import compile_plan
    from diamondsim.sampling.block import Block
    from diamondsim.scenario import load_scenario

    plan = compile_plan(load_scenario(scenario))
    assert plan.stream_names.seeded(name) == seeded
    assert Block(1, 0, stream_names=plan.stream_names).uniform(name)[0] == uniform
    assert to_uniforms(words(1, seeded, 0))[0, 0] == uniform
