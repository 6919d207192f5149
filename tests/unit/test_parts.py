"""Work in parts gives what work in one go gives, whatever the threads do."""

import numpy as np
import pytest

from psgscore.dsp.parts import in_parts


@pytest.mark.parametrize(("n", "size"), [(0, 10), (1, 10), (10, 10), (11, 10), (1000, 7)])
def test_every_element_is_worked_on_once(n, size):
    done = np.zeros(n, dtype=int)

    def work(first, last):
        assert 0 < last - first <= size
        done[first:last] += 1

    in_parts(work, n, size)
    assert done.tolist() == [1] * n


def test_an_error_in_a_part_is_not_lost():
    def work(first, last):
        if first >= 20:
            raise ValueError("here")

    with pytest.raises(ValueError, match="here"):
        in_parts(work, 40, 10)
