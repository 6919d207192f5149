"""Shortcuts over tables and spans give what the plain way gives."""

from __future__ import annotations

import numpy as np
import pytest

from psgscore.detect.close_look import over
from psgscore.model.events import Events

_RNG = np.random.default_rng(5)
_N = 40
_START_S = np.round(_RNG.uniform(0, 20, _N))
TABLE = Events.of(
    [f"kind{k % 3}" for k in range(_N)],
    _START_S,
    _START_S + _RNG.uniform(0, 3, _N),
    channel=[f"channel {k % 5}" for k in range(_N)],
    measures={"peak_uv": _RNG.normal(size=_N)},
    texts={"excluded_by": ["" if k % 4 else "a reason" for k in range(_N)]},
)


@pytest.mark.parametrize(
    "mask",
    [
        pytest.param(_RNG.random(_N) < 0.5, id="some"),
        pytest.param(np.ones(_N, np.bool_), id="all"),
        pytest.param(np.zeros(_N, np.bool_), id="none"),
    ],
)
def test_rows_taken_from_a_table_are_a_table_built_of_them(mask):
    found = TABLE.where(mask)
    built = Events(
        TABLE.start_s[mask],
        TABLE.stop_s[mask],
        TABLE.kind[mask],
        TABLE.channel[mask],
        {name: column[mask] for name, column in TABLE.measures.items()},
        {name: column[mask] for name, column in TABLE.texts.items()},
    )
    assert found == built
    columns = [found.start_s, found.stop_s, found.kind, found.channel]
    columns += [*found.measures.values(), *found.texts.values()]
    assert not any(column.flags.writeable for column in columns)


@pytest.mark.parametrize(
    "spans",
    [
        pytest.param([[0, 4], [6, 7], [9, 20]], id="the last span ends where the values do"),
        pytest.param([[1, 4], [4, 9], [12, 19]], id="it ends before"),
        pytest.param([[19, 20]], id="it is the last value alone"),
    ],
)
@pytest.mark.parametrize("what", [np.minimum, np.maximum, np.add])
def test_a_span_is_reduced_by_its_own_values_alone(what, spans):
    values = _RNG.normal(-5, 1, 20)
    expected = [what.reduce(values[first:last]) for first, last in spans]
    assert over(what, values, np.array(spans)).tolist() == pytest.approx(expected, rel=1e-12)
