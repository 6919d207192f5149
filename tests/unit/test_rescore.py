"""What a score writes, scored again by the rules alone, gives its numbers again."""

from __future__ import annotations

import numpy as np
import pytest

from psgscore import simulate_night
from psgscore.compare.indices import indices_of, indices_of_score
from psgscore.errors import UsageError
from psgscore.io.edf_write import write_edf
from psgscore.io.outputs import write_score
from psgscore.io.plain_values import plain
from psgscore.io.scoring_files import read_scorings
from psgscore.io.scoring_fit import combine
from psgscore.model.criteria import SIDE_BY_SIDE
from psgscore.opening import open_recording
from psgscore.pipeline import score_recording
from psgscore.rescore import rescore_events
from psgscore.review.rescoring import covers_of_score
from psgscore.simulate.settings import LegSettings

FLAT, GAP = (1200.0, 1500.0), (2100.0, 2160.0)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Return the score of a night with a gap and flat legs, and its files by their ending."""
    folder = tmp_path_factory.mktemp("rescore")
    night = simulate_night(4, hours=1.0, legs=LegSettings(flat=(FLAT,)), gaps=(GAP,))
    lab = night.events.of_kind("arousal", "apnea", "hypopnea", "lights_off", "lights_on")
    write_edf(
        folder / "a.edf", night.signals, start=night.start, events=lab, hypnogram=night.hypnogram
    )
    recording = open_recording(folder / "a.edf")
    score = score_recording(recording)
    files = write_score(
        score, folder, "a", kinds=("annotations", "events", "hypnogram"), recording=recording
    )
    return score, {"".join(path.suffixes): path for path in files}


@pytest.mark.parametrize(
    "endings",
    [
        pytest.param((".annotations.edf",), id="annotations"),
        pytest.param((".events.tsv", ".hypnogram.tsv"), id="tables"),
    ],
)
def test_what_could_not_be_read_stays_out_of_hours_and_series(written, endings):
    score, files = written
    assert score.unreadable.tolist() == [list(FLAT), list(GAP)]
    again = rescore_events(
        [files[ending] for ending in endings],
        rules=SIDE_BY_SIDE,
        none_found=covers_of_score(score),
    )
    assert plain(again.rates) == plain([rate for rate in score.rates if rate.rules])
    assert plain(again.statistics) == plain(score.statistics)
    for ours, theirs in zip(again.legs, score.legs, strict=True):
        assert ours.verdicts.series.tolist() == theirs.verdicts.series.tolist()


def test_compared_tables_of_a_score_have_its_indices(written):
    score, files = written
    scoring = combine(read_scorings([files[".events.tsv"], files[".hypnogram.tsv"]]))
    found, wanted = indices_of(scoring, score.duration_s), indices_of_score(score)
    assert found == wanted
    assert np.isfinite(wanted["plm_sleep_wasm-2016"])


def four_movements(folder, more=""):
    rows = "".join(f"LM:left\t{100 + 20 * k}\t2\n" for k in range(4))
    path = folder / "events.tsv"
    path.write_text(f"kind\tonset_s\tduration_s\n{rows}{more}", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("more", "duration_s"),
    [
        pytest.param("lights_on\t3600\t0\n", None, id="lights on says it"),
        pytest.param("N2\t0\t3600\n", None, id="stages say it"),
        pytest.param("", 3600.0, id="the user says it"),
    ],
)
def test_hours_need_a_length(tmp_path, more, duration_s):
    path = four_movements(tmp_path, more)
    found = rescore_events([path], rules=SIDE_BY_SIDE, duration_s=duration_s)
    assert found.rate("plm", "wasm-2016", "total").per_hour == pytest.approx(4.0)


def test_nothing_is_counted_per_hour_where_nothing_tells_the_length(tmp_path):
    found = rescore_events([four_movements(tmp_path)], rules=SIDE_BY_SIDE)
    assert (found.rates, found.restless) == ((), None)
    assert any(one.what == "everything per hour" for one in found.not_scored)
    assert found.legs[0].verdicts.plm.sum() == 4


@pytest.mark.parametrize("duration_s", [161.9, 0.0, -1.0, float("nan"), float("inf")])
def test_a_length_that_cannot_be_is_refused(tmp_path, duration_s):
    with pytest.raises(UsageError, match="cannot hold"):
        rescore_events([four_movements(tmp_path)], rules=SIDE_BY_SIDE, duration_s=duration_s)
