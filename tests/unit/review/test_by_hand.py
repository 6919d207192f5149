"""A recording nothing can be scored of is opened all the same: a person marks what there is."""

import numpy as np
import pytest

from psgscore.errors import NotScorableError
from psgscore.io.edf_write import write_edf
from psgscore.io.score_read import read_score
from psgscore.model.signal import Signal
from psgscore.options import Options
from psgscore.pipeline import score_recording
from psgscore.report.head import head_facts
from tests.unit.review.servers import SAME, client_of, opened

MINUTES = 10


@pytest.fixture
def coarse(tmp_path):
    """Give a recording whose leg EMG is far too slow to be scored."""
    random = np.random.default_rng(1)
    rows = [("Left Leg", 16.0), ("Right Leg", 16.0), ("ECG", 64.0)]
    signals = [
        Signal(label, random.normal(0, 5, int(rate * 60 * MINUTES)).astype(np.float32), rate, "uV")
        for label, rate in rows
    ]
    path = tmp_path / "coarse.edf"
    write_edf(path, signals, start=None)
    return path


def test_the_score_of_it_says_why_nothing_is_scored(coarse):
    with pytest.raises(NotScorableError, match="Left Leg"):
        score_recording(coarse)
    score = score_recording(coarse, Options(by_hand=True))
    assert (score.legs, score.hypnogram, len(score.events)) == ((), None, 0)
    said = {one.what: one.reason for one in score.not_scored}
    assert "16 Hz" in said["leg movements on Left Leg"]


def test_what_a_person_marks_counts_and_is_told_as_theirs(coarse, tmp_path):
    client, hub = client_of(coarse, folder=tmp_path, options=Options())
    address = opened(client)
    channels = client.get(address).json()["channels"]
    left = next(one["id"] for one in channels if one["role"] == "leg:left")
    edits = [{"type": "restage", "first_epoch": 0, "stages": [2] * 2 * MINUTES}]
    edits += [
        {"type": "add", "start_s": at, "stop_s": at + 2, "kind": "LM:left", "channel": left}
        for at in (60.0, 80.0, 100.0, 120.0)
    ]
    for n, edit in enumerate(edits):
        answer = client.post(f"{address}/edit", json={"expect": n, "edit": edit}, headers=SAME)
        assert answer.status_code == 200
    (plms,) = (
        one
        for one in answer.json()["indices"]
        if one["key"].startswith("plm/") and one["label"] == "PLMS index"
        if one["rules"] == "WASM 2016"
    )
    assert (plms["automatic"], plms["now"], plms["count"]) == (None, pytest.approx(24.0), 4)
    signed = client.post(f"{address}/sign", json={"expect": len(edits), "by": "A"}, headers=SAME)
    assert signed.status_code == 200
    hub.close()
    score = read_score(tmp_path / "coarse.reviewed.score.json")
    assert score.rate("plm", "wasm-2016", "sleep").count == 4
    assert score.provenance.stage_source == "this review"
    facts = {one.label: one.value for one in head_facts(score)}
    assert facts["Movements"] == "leg movements as marked in the review"
    assert any(one.code == "review.begun-here" for one in score.findings)
