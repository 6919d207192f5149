"""The running median is the median, however long the window."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from psgscore.dsp.median import running_median


@given(
    values=arrays(np.float32, st.integers(1, 80), elements=st.floats(0, 100, width=32)),
    half=st.integers(0, 20),
)
def test_each_value_is_the_median_of_its_window_with_the_ends_held(values, half):
    padded = np.pad(values, half, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1)
    assert running_median(values, 2 * half + 1).tolist() == np.median(windows, axis=1).tolist()


@pytest.mark.parametrize("size", [1, 13, 15])
def test_long_signals_are_worked_in_pieces_that_leave_no_seam(size):
    values = np.random.default_rng(1).random(100_000).astype(np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(values, size // 2, "edge"), size)
    assert np.array_equal(running_median(values, size), np.median(windows, axis=1))
