"""One event is explained once, and what loses keeps its row."""

from __future__ import annotations

import numpy as np
import pytest

from psgscore.compare.indices import indices_of, indices_of_score
from psgscore.model.events import EXCLUDED_BY, Events
from psgscore.model.hypnogram import Hypnogram
from psgscore.model.scoring import Scoring
from psgscore.score.night import score_events
from psgscore.score.precedence import with_precedence


def rows(*events):
    starts, stops, kinds, channels = zip(*events, strict=True)
    return Events.of(kinds, starts, stops, channel=channels)


def reasons(*events):
    found = with_precedence(rows(*events))
    return dict(zip(found.kind.tolist(), found.text(EXCLUDED_BY).tolist(), strict=True))


ORDER = ["artifact", "LMM", "rhythmic_flag", "ALMA", "LM:left", "jerk:probable",
         "fragmentary_potential"]  # fmt: skip


@pytest.mark.parametrize("place", range(len(ORDER) - 1))
def test_the_higher_of_two_kinds_explains_the_lower(place):
    higher, lower = ORDER[place], ORDER[place + 1]
    found = reasons((10, 12, higher, "L"), (10, 12, lower, "L"))
    assert found[higher] == ""
    assert found[lower] != ""


@pytest.mark.parametrize(
    ("stop_s", "explained"),
    [
        pytest.param(11.0, True, id="half of it covered"),
        pytest.param(10.999, False, id="less than half of it covered"),
    ],
)
def test_at_least_half_of_a_movement_must_be_covered(stop_s, explained):
    found = reasons((9, stop_s, "LMM", ""), (10, 12, "LM:left", "L"))
    assert (found["LM:left"] == "large movement") is explained


def test_an_alma_explains_only_its_own_channels():
    found = reasons(
        (9, 20, "ALMA", "L+R"), (10, 12, "LM:left", "L"), (10, 12, "jerk:possible", "C")
    )
    assert found["LM:left"] == "ALMA"
    assert found["jerk:possible"] == ""


def test_what_is_itself_excluded_explains_nothing():
    found = reasons(
        (9, 20, "LMM", ""), (10, 12, "LM:left", "L"), (11.9, 12.1, "jerk:possible", "L")
    )
    assert found["LM:left"] == "large movement"
    assert found["jerk:possible"] == "large movement"


def test_kinds_without_a_rank_are_left_alone():
    events = rows((9, 20, "LMM", ""), (10, 12, "arousal", "L"))
    assert reasons((9, 20, "LMM", ""), (10, 12, "arousal", "L"))["arousal"] == ""
    assert with_precedence(events) == events


def test_precedence_settled_twice_is_settled_once():
    events = rows((9, 20, "LMM", ""), (10, 12, "LM:left", "L"), (30, 31, "LM:left", "L"))
    once = with_precedence(events)
    assert with_precedence(once) == once


def asleep(minutes):
    return Hypnogram(np.full(2 * minutes, 2, np.int8))


def movements(*starts_s):
    return Events.of("LM:left", starts_s, [start + 2.0 for start in starts_s], channel="L")


def test_a_movement_explained_otherwise_is_in_no_number_and_ends_a_series_under_wasm():
    legs = movements(20, 40, 60, 80, 100, 120, 140)
    large = Events.of("LMM", [79.0], [83.0])
    score = score_events(Events.concat([legs, large]), rules=["wasm-2016", "aasm-v3"])
    wasm, aasm = score.legs
    assert len(wasm.movements) == len(aasm.movements) == 6
    assert wasm.verdicts.plm.sum() == 0
    assert aasm.verdicts.plm.sum() == 6
    lost = score.events.where(score.events.text(EXCLUDED_BY) != "")
    assert lost.start_s.tolist() == [80.0]
    # The table of events of a score, compared with another: the same indices again.
    table = Scoring(events=score.events, covers=frozenset({"LM"}), hypnogram=asleep(5))
    scored = score_events(score.events, asleep(5))
    assert indices_of(table, None) == indices_of_score(scored)


def test_a_movement_that_a_person_rejected_ends_no_series():
    legs = movements(20, 40, 60, 80, 100, 120, 140)
    reasons = ["", "", "", "rejected in review: artefact", "", "", ""]
    score = score_events(legs.with_text(EXCLUDED_BY, np.array(reasons)), rules=["wasm-2016"])
    assert score.legs[0].verdicts.plm.tolist() == [True] * 6
