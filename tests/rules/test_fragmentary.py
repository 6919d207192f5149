"""Fragmentary myoclonus: every limit of the rule a row. The rule takes tables, not signals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psgscore.model.events import EXCLUDED_BY, Events
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.jerk_criteria import FragmentaryCriteria
from psgscore.score.fragmentary import FragmentaryNight, potentials, score_fragmentary
from psgscore.score.jerk_candidates import muscles_of

W, N1, N2, N3, R, UNSCORED = (Stage.W, Stage.N1, Stage.N2, Stage.N3, Stage.R, Stage.UNSCORED)
MUSCLES = muscles_of({"Left Leg": "leg:left", "Right Leg": "leg:right", "Chin": "chin"})


def stages(*parts):
    """Build stages from (stage, epochs)."""
    return Hypnogram(np.concatenate([np.full(n, int(stage), np.int8) for stage, n in parts]))


def bursts(*rows, length_ms=100.0, peak_uv=100.0):
    """Build bursts from (channel, start) or (channel, start, peak)."""
    starts = np.array([row[1] for row in rows], float)
    peaks = np.array([row[2] if len(row) > 2 else peak_uv for row in rows], float)
    measures = {"duration_ms": length_ms, "peak_uv": peaks, "baseline_uv": 2.0}
    channels = [row[0] for row in rows]
    return Events.of(
        "burst", starts, starts + length_ms / 1000, channel=channels, measures=measures
    )


def found_at(times_s):
    """Return potentials of one leg at these times."""
    return potentials(bursts(*[("Left Leg", float(time)) for time in times_s]), MUSCLES)


def per_minute(counts, first_s=100.0):
    """Return times: so many in each minute after `first_s`, evenly, the first at its start."""
    minutes = [first_s + 60 * k + 60 * np.arange(n) / n for k, n in enumerate(counts) if n]
    return np.concatenate(minutes) if minutes else np.zeros(0)


def night(hypnogram=None, **known):
    asleep = stages((N2, 120)) if hypnogram is None else hypnogram
    return FragmentaryNight(hypnogram=asleep, n_channels=known.pop("n_channels", 3), **known)


def runs_of(times_s, hypnogram=None, **known):
    return score_fragmentary(found_at(times_s), night(hypnogram, **known)).runs


# --- what is a potential -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("length_ms", "count"),
    [
        pytest.param(74, 0, id="74 ms is too short"),
        pytest.param(75, 1, id="75 ms"),
        pytest.param(150, 1, id="150 ms"),
        pytest.param(151, 0, id="151 ms is too long"),
    ],
)
def test_the_length_of_a_potential(length_ms, count):
    assert len(potentials(bursts(("Chin", 100.0), length_ms=length_ms), MUSCLES)) == count


@pytest.mark.parametrize(
    ("peak_uv", "count"),
    [pytest.param(49.999, 0, id="under 50 uV"), pytest.param(50.0, 1, id="50 uV")],
)
def test_the_height_of_a_potential(peak_uv, count):
    assert len(potentials(bursts(("Chin", 100.0), peak_uv=peak_uv), MUSCLES)) == count


@pytest.mark.parametrize(
    ("apart_ms", "synchronous"),
    [
        pytest.param(0, [1, 1], id="at once"),
        pytest.param(100, [1, 1], id="100 ms apart"),
        pytest.param(101, [0, 0], id="101 ms apart"),
    ],
)
def test_two_muscles_at_once_are_synchronous(apart_ms, synchronous):
    rows = bursts(("Left Leg", 100.0), ("Chin", 100.0 + apart_ms / 1000))
    assert potentials(rows, MUSCLES).measures["synchronous"].tolist() == synchronous


def test_a_burst_too_long_for_a_potential_makes_another_synchronous():
    rows = Events.concat(
        [bursts(("Left Leg", 100.0)), bursts(("Right Leg", 100.05), length_ms=300.0)]
    )
    (one,) = potentials(rows, MUSCLES)
    assert (one.channel, one.measures["synchronous"]) == ("Left Leg", 1)


@pytest.mark.parametrize(
    ("apart_ms", "kept"),
    [
        pytest.param(100, ["Chin2"], id="100 ms apart: one, the larger"),
        pytest.param(101, ["Chin1", "Chin2"], id="101 ms apart: two"),
    ],
)
def test_two_derivations_of_one_muscle_show_one_potential(apart_ms, kept):
    muscles = muscles_of({"Chin1": "chin", "Chin2": "chin"})
    rows = bursts(("Chin1", 100.0, 80.0), ("Chin2", 100.0 + apart_ms / 1000, 90.0))
    found = potentials(rows, muscles)
    assert found.channel.tolist() == kept
    assert found.measures["synchronous"].tolist() == [0] * len(kept)


def test_no_bursts_no_potentials():
    assert len(potentials(Events.empty(), MUSCLES)) == 0


# --- which of them count -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stage", "reason"),
    [
        pytest.param(N1, "", id="N1"),
        pytest.param(N2, "", id="N2"),
        pytest.param(N3, "", id="N3"),
        pytest.param(R, "not in NREM", id="R"),
        pytest.param(W, "not in NREM", id="wake"),
        pytest.param(UNSCORED, "not in NREM", id="no stage"),
    ],
)
def test_the_stage_in_which_it_begins(stage, reason):
    hypnogram = stages((N2, 4), (stage, 4))
    score = score_fragmentary(found_at([119.95, 120.0]), night(hypnogram))
    assert score.potentials.text(EXCLUDED_BY).tolist() == ["", reason]
    assert score.nrem_h == (4 + 4 * (reason == "")) / 120
    assert score.per_hour == pytest.approx((1 + (reason == "")) / score.nrem_h)


@pytest.mark.parametrize(
    ("span", "reason"),
    [
        pytest.param((90.0, 100.0), "", id="it ends where the potential begins"),
        pytest.param((90.0, 100.001), "leg movement", id="1 ms of it"),
        pytest.param((100.1, 110.0), "", id="it begins where the potential ends"),
    ],
)
def test_movements_of_a_higher_rank(span, reason):
    score = score_fragmentary(
        found_at([100.0]), night(outranked={"leg movement": np.array([span])})
    )
    assert score.potentials.text(EXCLUDED_BY).tolist() == [reason]


def test_synchronous_potentials_keep_their_row_and_are_not_counted():
    rows = bursts(("Left Leg", 100.0), ("Chin", 100.05), ("Chin", 200.0))
    score = score_fragmentary(potentials(rows, MUSCLES), night())
    reasons = score.potentials.text(EXCLUDED_BY).tolist()
    assert reasons == ["synchronous in two muscles"] * 2 + [""]
    assert score.per_hour == pytest.approx(1.0)


# --- excessively many ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "minutes"),
    [
        pytest.param([5] * 19, [], id="19 minutes"),
        pytest.param([5] * 20, [20], id="20 minutes of 5"),
        pytest.param([4] * 40, [], id="4 per minute, however long"),
        pytest.param([5] * 10 + [4] + [5] * 10, [], id="one minute of 4 in the middle"),
        pytest.param([5] * 20 + [4] + [5] * 20, [20, 20], id="and 20 minutes on either side"),
        pytest.param([5] * 27, [27], id="all of the run"),
        pytest.param([], [], id="none at all"),
    ],
)
def test_five_a_minute_for_twenty_minutes(counts, minutes):
    found = runs_of(per_minute(counts))
    assert found.measures.get("minutes", np.zeros(0)).tolist() == minutes


def test_what_is_said_of_a_run():
    (run,) = runs_of(per_minute([5] * 10 + [7] * 10))
    assert (run.kind, run.start_s, run.stop_s) == ("EFM", 100.0, 1300.0)
    assert dict(run.measures) == {"potentials_per_min": 6.0, "minutes": 20, "n_channels": 1}
    assert run.channel == "Left Leg"


def test_minutes_do_not_lie_on_the_grid_of_epochs():
    (run,) = runs_of(per_minute([5] * 20, first_s=107.25))
    assert run.start_s == 107.25


@pytest.mark.parametrize(
    ("last_s", "minutes"),
    [
        pytest.param(1299.999, [20], id="within the last minute"),
        pytest.param(1300.0, [], id="where the next begins"),
    ],
)
def test_the_last_potential_of_the_last_minute(last_s, minutes):
    times = per_minute([5] * 20)
    times[-1] = last_s
    assert runs_of(times).measures.get("minutes", np.zeros(0)).tolist() == minutes


@pytest.mark.parametrize(
    ("parts", "count"),
    [
        pytest.param([(N1, 30), (N2, 30), (N3, 60)], 1, id="N1, N2 and N3 together are NREM"),
        pytest.param([(N2, 23), (W, 1), (N2, 40)], 0, id="an epoch of wake ends it"),
        pytest.param([(N2, 23), (R, 1), (N2, 40)], 0, id="an epoch of R ends it"),
        pytest.param([(N2, 23), (UNSCORED, 1), (N2, 40)], 0, id="an epoch of no stage ends it"),
        pytest.param([(N2, 43), (R, 1)], 0, id="NREM ends before the last minute does"),
        pytest.param([(N2, 44), (R, 1)], 1, id="NREM ends after it"),
        pytest.param([(R, 120)], 0, id="never in R"),
    ],
)
def test_nrem_without_a_break(parts, count):
    assert len(runs_of(per_minute([6] * 20), stages(*parts))) == count


@pytest.mark.parametrize(
    ("readable", "count"),
    [
        pytest.param([(0.0, 3600.0)], 1, id="all can be read"),
        pytest.param([(0.0, 700.0), (701.0, 3600.0)], 0, id="a gap of 1 s"),
        pytest.param([(100.0, 1300.0)], 1, id="just as long as the run"),
        pytest.param([(100.0, 1299.9)], 0, id="and a little less"),
    ],
)
def test_a_gap_ends_a_run(readable, count):
    assert len(runs_of(per_minute([6] * 20), readable=np.array(readable))) == count


def test_only_what_can_be_read_counts_as_hours():
    score = score_fragmentary(found_at([100.0]), night(readable=np.array([(0.0, 1800.0)])))
    assert score.nrem_h == 0.5
    assert score.per_hour == pytest.approx(2.0)


def test_synchronous_potentials_make_no_run():
    times = per_minute([5] * 20)
    rows = bursts(*[(label, float(at)) for at in times for label in ("Left Leg", "Chin")])
    assert len(score_fragmentary(potentials(rows, MUSCLES), night()).runs) == 0


# --- what is not known ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        pytest.param({"n_channels": 0}, "no EMG can be used", id="no EMG"),
        pytest.param({"hypnogram": None}, "no sleep stages", id="no stages"),
        pytest.param({"hypnogram": stages((R, 60))}, "no epoch is scored as NREM", id="no NREM"),
    ],
)
def test_not_scored_is_not_none_found(known, reason):
    settings = {"hypnogram": stages((N2, 120)), "n_channels": 3} | known
    score = score_fragmentary(found_at([100.0]), FragmentaryNight(**settings))
    (missing,) = score.not_scored
    assert reason in missing.reason
    assert score.per_hour is None
    assert score.potentials.text(EXCLUDED_BY).tolist() == ["not scored"]


@pytest.mark.parametrize(
    ("epochs", "said"),
    [
        pytest.param(39, True, id="19.5 min of NREM are too few to say"),
        pytest.param(40, False, id="20 min will do"),
    ],
)
def test_too_little_nrem_for_a_run_is_said(epochs, said):
    score = score_fragmentary(found_at([100.0]), night(stages((N2, epochs))))
    assert [one.what for one in score.not_scored] == ["excessive fragmentary myoclonus"] * said


# --- properties ----------------------------------------------------------------------------


@given(st.lists(st.floats(0, 3590), min_size=0, max_size=300))
def test_runs_hold_what_the_rule_asks_for(times_s):
    times = np.unique(np.round(np.concatenate([times_s, per_minute([5] * 21, first_s=900.0)]), 3))
    score = score_fragmentary(found_at(times), night())
    assert len(score.runs) >= 1
    assert (score.runs.start_s[1:] >= score.runs.stop_s[:-1]).all()
    starts = score.potentials.counted().start_s
    for run in score.runs:
        edges = run.start_s + 60 * np.arange(run.measures["minutes"] + 1)
        first, last = np.searchsorted(starts, edges[:-1]), np.searchsorted(starts, edges[1:])
        assert (last - first >= 5).all()
        assert run.measures["minutes"] >= 20


@pytest.mark.parametrize(
    "wrong",
    [
        {"min_duration_s": 0.2},
        {"min_peak_uv": 0.0},
        {"per_minute": 0},
        {"minute_s": 0.0},
        {"min_minutes": 0},
        {"synchronous_s": -0.1},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_impossible_criteria_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        FragmentaryCriteria(**wrong)
