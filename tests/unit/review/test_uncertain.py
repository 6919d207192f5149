"""What is put before a person first: one row per limit, just inside it and just outside."""

import numpy as np
import pytest

from psgscore.model.criteria import WASM_2016
from psgscore.model.events import Events
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.staging import ReviewItem
from psgscore.review.edits import Accept, Restage
from psgscore.review.replay import apply
from psgscore.review.rescoring import Rescoring, base_of
from psgscore.review.uncertain import uncertain
from psgscore.score.night import Context, score_events
from tests.unit.review.journals import entries

HOUR_S = 3600.0
ASLEEP = np.full(120, 2)


def doubts(events, *edits, staged=(), hypnogram=None):
    """Return what is uncertain of some leg movements in an hour of N2."""
    stages = Hypnogram(ASLEEP) if hypnogram is None else hypnogram
    context = Context(duration_s=HOUR_S, covers=frozenset({"LM"}))
    base = score_events(events, stages, rules=[WASM_2016], context=context)
    state = apply(entries(*edits), base_of(base))
    return uncertain(state, Rescoring.of(base)(state), staged)


def legs(*rows, kind="LM:left", **measures):
    """Return movements by onset and duration."""
    starts, lasts = np.array(rows, np.float64).reshape(-1, 2).T
    kinds = [kind] * len(rows) if isinstance(kind, str) else kind
    return Events.of(kinds, starts, starts + lasts, measures=measures)


def reasons(found):
    return [reason for one in found for reason in one.reasons]


@pytest.mark.parametrize(
    ("margin_uv", "doubt"), [(-0.1, 1.0), (0.0, 1.0), (1.5, 0.5), (2.99, 0.003), (3.0, None)]
)
def test_near_the_onset_threshold(margin_uv, doubt):
    found = doubts(legs((100, 2), onset_margin_uv=[margin_uv]))
    if doubt is None:
        assert found == ()
        return
    (one,) = found
    assert one.reasons == (f"{margin_uv:.1f} uV over the onset threshold",)
    assert one.doubt == pytest.approx(doubt, abs=0.001)
    assert (one.what, one.event, one.start_s, one.stop_s) == ("movement", "e0", 100, 102)


@pytest.mark.parametrize(("margin_uv", "doubt"), [(0.0, 0.5), (0.25, 0.25), (0.5, None)])
def test_near_the_offset_threshold(margin_uv, doubt):
    found = doubts(legs((100, 2), offset_margin_uv=[margin_uv]))
    assert [one.doubt for one in found] == ([] if doubt is None else [doubt])


@pytest.mark.parametrize(
    ("lasts_s", "doubt"),
    [(0.5, 1.0), (0.55, 0.5), (0.61, None), (5.0, None), (9.89, None), (9.95, 0.5), (10.0, 1.0)],
)
def test_near_a_limit_of_duration(lasts_s, doubt):
    found = doubts(legs((100, lasts_s)))
    limit = 0.5 if lasts_s < 5 else 10
    assert reasons(found) == (
        [] if doubt is None else [f"lasts {lasts_s:.2f} s, and the limit is {limit:g} s"]
    )
    assert [one.doubt for one in found] == (
        [] if doubt is None else [pytest.approx(doubt, abs=0.01)]
    )


@pytest.mark.parametrize(
    ("interval_s", "doubt"),
    [
        *((8.9, None), (9.0, 0.0), (9.5, 0.4), (10.0, 0.8), (11.0, 0.0), (11.1, None)),
        *((88.9, None), (89.5, 0.4), (90.0, 0.8), (91.0, 0.0), (91.1, None)),
    ],
)
def test_near_a_limit_of_intervals(interval_s, doubt):
    found = doubts(legs((100, 2), (100 + interval_s, 2)))
    limit = 10 if interval_s < 50 else 90
    text = f"{interval_s:.1f} s after the one before, and the limit is {limit} s"
    assert reasons(found) == ([] if doubt is None else [text])
    assert [one.event for one in found] == ([] if doubt is None else ["e1"])
    assert [one.doubt for one in found] == (
        [] if doubt is None else [pytest.approx(doubt, abs=0.001)]
    )


@pytest.mark.parametrize(("count", "wanted"), [(3, 0), (4, 4), (5, 0)])
def test_a_series_of_just_four(count, wanted):
    found = doubts(legs(*((100 + 30 * k, 2) for k in range(count))))
    assert reasons(found) == ["in a series of just 4"] * wanted


def test_both_legs_of_a_movement_say_it_once():
    rows = [(100 + 30 * k + side / 10, 2) for k in range(4) for side in range(2)]
    found = doubts(legs(*rows, kind=["LM:left", "LM:right"] * 4))
    assert [one.event for one in found] == ["e0", "e2", "e4", "e6"]


def test_what_one_leg_alone_says_is_said():
    margins = [np.nan, 1.0]
    pair = legs((100, 2), (100.1, 2), kind=["LM:left", "LM:right"], onset_margin_uv=margins)
    (one,) = doubts(pair)
    assert one.event == "e1"
    assert one.reasons == ("1.0 uV over the onset threshold",)


@pytest.mark.parametrize(("sure", "wanted"), [(0.61, 0), (0.59, 1)])
def test_a_movement_in_a_doubtful_stage(sure, wanted):
    probabilities = np.zeros((120, 5), np.float32)
    probabilities[:, 2], probabilities[:, 1] = sure, 1 - sure
    found = doubts(legs((100, 2)), hypnogram=Hypnogram(ASLEEP, probabilities=probabilities))
    assert reasons(found) == ["its sleep stage is in doubt"] * wanted


def test_a_doubtful_stage_until_a_person_gives_it():
    probabilities = np.zeros((120, 5), np.float32)
    probabilities[:, 2], probabilities[:, 1] = 0.6, 0.4
    night = Hypnogram(ASLEEP, probabilities=probabilities)
    close = {"probability": 0.6, "second_probability": 0.4, "reasons": ("close call",)}
    staged = [ReviewItem(epoch=7, start_s=210.0, first=Stage.N2, second=Stage.N1, **close)]
    (one,) = doubts(legs(), staged=staged, hypnogram=night)
    assert (one.what, one.epoch, one.start_s, one.stop_s) == ("stage", 7, 210, 240)
    assert one.reasons == ("close call",)
    assert one.doubt == pytest.approx(0.4)
    assert doubts(legs(), Restage(7, (3,)), staged=staged, hypnogram=night) == ()


@pytest.mark.parametrize(
    ("accepted", "left"), [((90, 120), 0), ((100, 102), 0), ((100.1, 120), 1), ((90, 101.9), 1)]
)
def test_what_was_accepted_whole_is_in_doubt_no_more(accepted, left):
    found = doubts(legs((100, 2), onset_margin_uv=[1.0]), Accept(*accepted))
    assert len(found) == left


def test_the_most_doubtful_comes_first():
    found = doubts(legs((100, 2), (300, 2), (500, 2), onset_margin_uv=[2.0, 0.5, 1.0]))
    assert [one.event for one in found] == ["e1", "e2", "e0"]
