"""Samples no muscle can make are bridged, the same as by the plain rule."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psgscore.dsp.envelope import bridge_pops

RATE, LIMIT_UV = 20.0, 3000.0


def plainly(samples, rate_hz, limit_uv):
    """Return what `bridge_pops` says it does, block by block and sample by sample."""
    if not samples.size:
        return samples, 0
    parts = np.array_split(samples, max(samples.size // round(2.0 * rate_hz), 1))
    level = np.concatenate([np.full(part.size, np.median(part)) for part in parts])
    bad = np.flatnonzero(np.abs(samples - level) > limit_uv)
    near = max(round(0.02 * rate_hz), 2)
    wide = np.zeros(samples.size, dtype=bool)
    for place in bad:
        wide[max(place - near, 0) : place + near + 1] = True
    good = np.flatnonzero(~wide)
    if not bad.size or not good.size:
        return samples, 0
    bridged = samples.copy()
    bridged[wide] = np.interp(np.flatnonzero(wide), good, samples[good])
    return bridged, int(np.sum(np.diff(wide.astype(int), prepend=0) == 1))


# 45 samples are one block of 2 s and a bit; blocks of several sizes need more than two.
@given(
    seed=st.integers(0, 2**32 - 1),
    size=st.integers(0, 45) | st.integers(100, 2000),
    spread_uv=st.sampled_from([5.0, 900.0, 3000.0]),
    pops=st.lists(
        st.tuples(
            st.integers(0, 2000),
            st.integers(1, 60),
            st.sampled_from([-9000.0, 2990.0, 3010.0, 6000.0]),
        ),
        max_size=6,
    ),
)
def test_the_fast_way_is_the_plain_way_bit_for_bit(seed, size, spread_uv, pops):
    samples = np.random.default_rng(seed).normal(0.0, spread_uv, size).astype(np.float32)
    for first, length, height_uv in pops:
        samples[first : first + length] += np.float32(height_uv)
    before = samples.copy()
    found, n_pops = bridge_pops(samples, RATE, LIMIT_UV)
    expected, n_expected = plainly(samples, RATE, LIMIT_UV)
    assert found.dtype == np.float32
    assert found.tobytes() == expected.tobytes()
    assert n_pops == n_expected
    assert samples.tobytes() == before.tobytes()


@pytest.mark.parametrize(
    ("height_uv", "n_pops"),
    [
        pytest.param(3000.0, 0, id="exactly the limit is none"),
        pytest.param(3000.5, 1, id="over the limit is one"),
        pytest.param(-3000.5, 1, id="under the level counts, too"),
    ],
)
def test_the_limit(height_uv, n_pops):
    samples = np.zeros(400, dtype=np.float32)
    samples[[100, 110]] = height_uv, -np.sign(height_uv)
    bridged, found = bridge_pops(samples, RATE, LIMIT_UV)
    assert found == n_pops
    assert (bridged[100] == 0.0) == (n_pops == 1)


@pytest.mark.parametrize("place", [0, 399], ids=["first sample", "last sample"])
def test_a_pop_at_an_end_takes_the_nearest_good_sample(place):
    samples = np.full(400, 7.0, dtype=np.float32)
    samples[place] = 9000.0
    bridged, n_pops = bridge_pops(samples, RATE, LIMIT_UV)
    assert (n_pops, set(bridged.tolist())) == (1, {7.0})


def test_a_signal_without_pops_is_returned_itself():
    samples = np.linspace(0.0, 9000.0, 4000, dtype=np.float32)
    assert bridge_pops(samples, RATE, LIMIT_UV)[0] is samples
