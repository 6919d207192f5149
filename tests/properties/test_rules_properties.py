"""What must hold for any night: stated as equalities."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from psgscore.intervals import close_gaps, counts_touching, intersect, subtract, total_s
from psgscore.model.criteria import RULE_SETS
from psgscore.model.events import Events
from psgscore.model.hypnogram import Hypnogram
from psgscore.score.night import Context, score_events
from psgscore.score.plm import number_series

TICKS = st.integers(0, 40_000)
MARK = st.tuples(TICKS, st.integers(1, 1500), st.sampled_from(["LM:left", "LM:right"]))
NIGHT = st.lists(MARK, max_size=60)
RULES = st.sampled_from(list(RULE_SETS.values()))
SPANS = st.lists(st.tuples(st.integers(0, 200), st.integers(1, 40)), max_size=12)


def events(marks, shift=0.0):
    start = np.array([a for a, _, _ in marks], float) / 100 + shift
    length = np.array([b for _, b, _ in marks], float) / 100
    return Events.of([kind for _, _, kind in marks] or "LM", start, start + length)


def spans(pairs):
    return np.array([(a, a + b) for a, b in pairs], float).reshape(-1, 2)


def verdicts(marks, rules, shift=0.0):
    context = Context(duration_s=1000.0 + shift, covers=frozenset({"LM"}))
    return score_events(events(marks, shift), None, rules=[rules], context=context).legs[0]


@given(NIGHT, RULES)
def test_the_order_of_marks_does_not_matter(marks, rules):
    assert np.array_equal(
        verdicts(marks, rules).verdicts.series, verdicts(marks[::-1], rules).verdicts.series
    )


@given(NIGHT, RULES)
def test_a_shift_in_time_changes_nothing_but_the_times(marks, rules):
    here, there = verdicts(marks, rules), verdicts(marks, rules, shift=60.0)
    assert np.array_equal(here.verdicts.series, there.verdicts.series)
    assert np.allclose(here.movements.start_s + 60.0, there.movements.start_s)


@given(NIGHT, RULES)
def test_swapping_the_legs_swaps_the_sides(marks, rules):
    swap = {"LM:left": "LM:right", "LM:right": "LM:left"}
    mirrored = verdicts([(a, b, swap[kind]) for a, b, kind in marks], rules)
    here = verdicts(marks, rules)
    assert np.array_equal(here.verdicts.series, mirrored.verdicts.series)
    sides = {"left": "right", "right": "left", "bilateral": "bilateral"}
    assert [sides[side] for side in here.verdicts.side.tolist()] == mirrored.verdicts.side.tolist()


@given(NIGHT, RULES)
def test_every_series_obeys_its_own_limits(marks, rules):
    found = verdicts(marks, rules)
    onsets = found.movements.start_s
    for number in range(1, int(found.verdicts.series.max(initial=0)) + 1):
        members = onsets[found.verdicts.series == number]
        intervals = np.round(np.diff(members), 6)
        assert members.size >= rules.min_movements
        assert (intervals >= rules.min_interval_s).all()
        assert (intervals <= rules.max_interval_s).all()


@given(NIGHT, RULES)
def test_periodic_movements_are_candidates_and_nothing_is_deleted(marks, rules):
    found = verdicts(marks, rules)
    assert (found.verdicts.candidate | ~found.verdicts.plm).all()
    assert ((found.verdicts.excluded_by == "") | ~found.verdicts.plm).all()
    assert found.verdicts.series.size == len(found.movements)


@given(NIGHT, RULES, st.lists(st.integers(0, 4), min_size=14, max_size=14))
def test_counts_by_stage_add_up(marks, rules, stages):
    score = score_events(
        events(marks),
        Hypnogram(np.array(stages, np.int8)),
        rules=[rules],
        context=Context(covers=frozenset({"LM"})),
    )
    for name in ("lm", "clm", "isolated_clm"):
        parts = {scope: score.rate(name, rules.name, scope).count for scope in ("N1", "N2", "N3")}
        assert sum(parts.values()) == score.rate(name, rules.name, "NREM").count
        total = (
            score.rate(name, rules.name, "sleep").count + score.rate(name, rules.name, "W").count
        )
        assert total == score.rate(name, rules.name, "total").count


@given(st.lists(TICKS, max_size=40, unique=True), RULES)
def test_a_barrier_between_all_movements_leaves_no_series(ticks, rules):
    onsets = np.sort(np.array(ticks, float)) / 100
    barriers = np.column_stack([onsets[:-1], onsets[1:]])
    assert not number_series(onsets, rules, barriers=barriers).any()


@given(SPANS, SPANS)
def test_intersection_and_rest_make_the_whole(first, second):
    whole, other = close_gaps(spans(first)), spans(second)
    parts = total_s(intersect(whole, other)) + total_s(subtract(whole, other))
    assert np.isclose(parts, total_s(whole))


@given(SPANS, SPANS, st.booleans())
def test_counting_overlaps_equals_looking_at_every_pair(first, second, closed):
    a, b = spans(first), spans(second)
    if closed:
        pairs = (a[:, None, 0] <= b[None, :, 1]) & (a[:, None, 1] >= b[None, :, 0])
    else:
        pairs = (a[:, None, 0] < b[None, :, 1]) & (a[:, None, 1] > b[None, :, 0])
    assert counts_touching(a, b, closed=closed).tolist() == pairs.sum(axis=1).tolist()
