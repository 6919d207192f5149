"""A signal cut to epochs: straight lines where it is not known, and how much of it that is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from psgscore.model.signal import Signal
from psgscore.staging.grid import EPOCH_S, on_grid

RATE_HZ = 256.0
EPOCH = round(EPOCH_S * RATE_HZ)


def noise(n_epochs):
    samples = np.random.default_rng(n_epochs).normal(0.0, 20.0, n_epochs * EPOCH)
    return Signal("C4", samples.astype(np.float32), RATE_HZ, "uV")


def through_what_is_known(samples, known):
    """The definition: interpolated between all that is known, held beyond its ends."""
    if not known.any():
        return samples
    n = np.arange(samples.size)
    return np.where(known, samples, np.interp(n, n[known], samples[known])).astype(np.float32)


@given(bad=st.lists(st.booleans(), min_size=1, max_size=50).map(np.array))
def test_bad_epochs_become_lines_through_what_is_known(bad):
    signal = noise(bad.size)
    found = on_grid(signal, 0.0, bad.size).without(bad)
    expected = through_what_is_known(signal.samples, np.repeat(~bad, EPOCH))
    assert np.array_equal(found.signal.samples, expected)


def test_a_hole_of_hours_is_one_line():
    bad = np.ones(400, dtype=np.bool_)
    bad[[0, -1]] = False
    signal = noise(bad.size)
    found = on_grid(signal, 0.0, bad.size).without(bad)
    expected = through_what_is_known(signal.samples, np.repeat(~bad, EPOCH))
    assert np.array_equal(found.signal.samples, expected)


@given(
    first=st.integers(1, 3 * EPOCH),
    missing=st.integers(1, 3 * EPOCH),
    start_s=st.sampled_from([0.0, 30.0, 60.0]),
)
def test_samples_of_a_gap_are_counted_by_epoch(first, missing, start_s):
    whole = noise(4)
    signal = replace(whole, breaks=((first, (first + missing) / RATE_HZ),))
    known = np.zeros(8 * EPOCH, dtype=np.bool_)
    known[:first] = True
    known[first + missing : whole.samples.size + missing] = True
    offset = round(start_s * RATE_HZ)
    expected = EPOCH_S - known[offset : offset + 5 * EPOCH].reshape(5, -1).sum(axis=1) / RATE_HZ
    assert on_grid(signal, start_s, 5).missing_s.tolist() == expected.tolist()
