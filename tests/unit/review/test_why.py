"""Why a movement counts as it does: every line against what the rules say of a known night."""

from dataclasses import replace

import numpy as np
import pytest

from psgscore.model.criteria import DETECTION, WASM_2016
from psgscore.model.events import Events
from psgscore.model.hypnogram import Hypnogram
from psgscore.review.edits import Move, Reject
from psgscore.review.replay import apply
from psgscore.review.rescoring import Rescoring, base_of
from psgscore.review.why import why
from psgscore.score.night import Context, score_events
from tests.unit.review.journals import entries

STAGES = np.array([0, 0] + [2] * 8 + [4] * 10)


def told(identifier, *edits, rules="wasm-2016"):
    """Return title and lines, by label, of an event of ten minutes with movements of one leg."""
    starts = np.array([70.0, 90.0, 110.0, 130.0, 400.0, 500.0])
    lasts = np.array([2.0, 2.0, 2.0, 2.0, 2.0, 11.0])
    kinds = ["LM:left"] * 6
    measures = {"resting_uv": [2.0] * 6, "peak_uv": [50.0] * 6, "onset_margin_uv": [20.0] * 6}
    events = Events.of(kinds, starts, starts + lasts, channel=["L"] * 6, measures=measures)
    other = Events.of(["LM:right"], [90.2], [93.0], channel=["R"])
    arousal = Events.of(["arousal"], [111.0], [115.0])
    whole = Events.concat([events, other, arousal])
    context = Context(duration_s=600.0, covers=frozenset({"LM", "arousal"}))
    base = score_events(whole, Hypnogram(STAGES), rules=[WASM_2016], context=context)
    base = replace(base, provenance=replace(base.provenance, detection=DETECTION))
    state = apply(entries(*edits), base_of(base))
    scored = Rescoring.of(base)(state)
    shown = Events.concat([scored.events, state.rejected()])
    title, lines = why(identifier, shown, scored, rules)
    return title, {one.label: (one.value, one.note) for one in lines}


def ids():
    """Return the ids by onset and kind: events are sorted when they are scored."""
    return {"alone": "e6", "long": "e7", "second": "e1", "right": "e2", "third": "e3"}


@pytest.mark.parametrize(
    ("label", "value", "note"),
    [
        ("Duration", "2.00 s", ""),
        ("Begins", "+0:01:50.00", "L"),
        ("Resting level", "2.0 µV", ""),
        ("Peak", "50.0 µV", ""),
        ("Over the onset threshold", "20.0 µV", "onset threshold: resting level + 8 µV"),
        ("Rule set", "WASM 2016", ""),
        ("Lasts for the rules", "2.00 s", "0.5 to 10 s for one leg"),
        ("Stage", "N2", ""),
        ("Candidate", "yes", ""),
        ("Since the candidate before", "20.0 s", "10 to 90 s in a series"),
        ("Series", "number 1", "movement 3 of 4"),
        ("Arousal link", "yes", ""),
        ("Respiratory link", "not scored", ""),
    ],
)
def test_a_movement_in_a_series(label, value, note):
    _, lines = told(ids()["third"])
    assert lines.get(label) == (value, note)


@pytest.mark.parametrize(
    ("start_s", "begins"),
    [(112.0, "+0:01:52.00"), (112.996, "+0:01:52.99"), (112.29, "+0:01:52.29")],
)
def test_the_begin_is_cut_off_as_the_clocks_of_the_page_are(start_s, begins):
    _, lines = told(ids()["third"], Move(ids()["third"], start_s, 114.0))
    assert lines["Begins"][0] == begins


def test_what_counts_comes_before_what_was_measured():
    labels = list(told(ids()["third"])[1])
    assert labels.index("Series") < labels.index("Resting level")


def test_both_legs_are_one_movement():
    for one in ("second", "right"):
        _, lines = told(ids()[one])
        assert lines["Joined"] == ("2 movements", "bilateral")
        limits = "each 0.5 to 10 s, together up to 15 s"
        assert lines["Lasts for the rules"] == ("3.00 s", limits)


def test_the_first_has_none_before_it():
    assert told("e0")[1]["Since the candidate before"] == ("-", "the first of the night")


def test_one_alone_is_in_no_series():
    assert told(ids()["alone"])[1]["Series"] == ("none", "4 movements make one")


def test_too_long_is_no_candidate():
    lines = told(ids()["long"])[1]
    assert lines["Candidate"][0] == "no"
    assert lines["Lasts for the rules"] == ("11.00 s", "0.5 to 10 s for one leg")


def test_what_a_person_rejected_is_no_movement_for_the_rules():
    _, lines = told(ids()["third"], Reject(ids()["third"], "a cough"))
    assert lines["In this review"] == ("rejected", "a cough")
    assert lines["Counted"] == ("no", "it is no leg movement for the rules")
    assert "Stage" not in lines


def test_what_a_person_moved_has_no_measure_of_the_detector():
    _, lines = told(ids()["third"], Move(ids()["third"], 112.0, 114.0))
    assert lines["In this review"] == ("moved", "")
    assert lines["Resting level"][0] == "-"
    assert lines["Since the candidate before"][0] == "22.0 s"


def test_an_unknown_rule_set_says_no_verdict():
    assert "Rule set" not in told(ids()["third"], rules="none")[1]


def test_there_is_no_such_event():
    with pytest.raises(KeyError):
        told("e99")
