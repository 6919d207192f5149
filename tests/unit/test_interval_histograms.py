"""The intervals between movements, with and without those related to breathing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from report_nights import ALL, movements, score_night

from psgscore.model.criteria import AASM_V3, WASM_2016
from psgscore.model.events import Events

NAMES = ("imi_linear_without_respiratory", "imi_log_without_respiratory")
# The third of five movements, 20 s apart, begins within the window after an apnoea.
ONSETS_S = [3000.0, 3020.0, 3040.0, 3060.0, 3080.0]
APNOEA = Events.of("apnea:obstructive", [3025.0], [3038.0])


def shapes(rules, covers=ALL, events=None):
    found = Events.concat([movements(ONSETS_S), APNOEA]) if events is None else events
    score = score_night(events=found, covers=covers, rules=(rules,))
    return {one.name: one for one in score.histograms}


def intervals_of(shape):
    return {
        float(edge): int(count)
        for edge, count in zip(shape.edges[:-1], shape.counts, strict=True)
        if count
    }


def test_without_respiratory_movements_the_interval_runs_to_the_next():
    found = shapes(WASM_2016)
    assert intervals_of(found["imi_linear"]) == {20.0: 4}
    assert intervals_of(found["imi_linear_without_respiratory"]) == {20.0: 2, 40.0: 1}
    logs = intervals_of(found["imi_log_without_respiratory"])
    assert logs == pytest.approx(
        {np.floor(10 * np.log(20)) / 10: 2, np.floor(10 * np.log(40)) / 10: 1}
    )


def test_with_nothing_related_both_are_the_same():
    found = shapes(WASM_2016, events=movements(ONSETS_S))
    for name in ("imi_linear", "imi_log"):
        assert found[name].counts.tolist() == found[f"{name}_without_respiratory"].counts.tolist()


def test_all_related_leaves_no_interval():
    apnoeas = Events.of("apnea", np.array(ONSETS_S) - 9, np.array(ONSETS_S) - 1)
    found = shapes(WASM_2016, events=Events.concat([movements(ONSETS_S), apnoeas]))
    assert found["imi_linear"].counts.sum() == 4
    assert found["imi_linear_without_respiratory"].counts.sum() == 0


@pytest.mark.parametrize(
    ("rules", "covers", "there"),
    [
        pytest.param(WASM_2016, ALL, True, id="counted and known"),
        pytest.param(WASM_2016, frozenset({"LM"}), False, id="breathing was not scored"),
        pytest.param(AASM_V3, ALL, False, id="left out by the rules anyway"),
        pytest.param(replace(AASM_V3, respiratory="flagged"), ALL, True, id="rules of one's own"),
    ],
)
def test_they_exist_only_where_they_can_be_known_and_differ(rules, covers, there):
    found = shapes(rules, covers)
    assert {"imi_linear", "imi_log"} <= set(found)
    assert [name in found for name in NAMES] == [there, there]
