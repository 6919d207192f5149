"""Opening a review: what the first page needs comes first, and nothing is done twice."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from psgscore.dsp.filters import band_pass
from psgscore.errors import JournalError
from psgscore.model.criteria import DETECTION, SIDE_BY_SIDE
from psgscore.model.hypnogram import Hypnogram
from psgscore.opening import sha256_of
from psgscore.options import Options
from psgscore.review import app
from psgscore.review.app import ReviewApp
from psgscore.review.display_filters import as_scored
from psgscore.review.guard import Access
from psgscore.review.hub import Hub
from psgscore.review.rescoring import Rescoring
from psgscore.review.setting import Setting
from psgscore.review.watch import Watch
from psgscore.review_plan import Plan
from psgscore.review_work import doors
from psgscore.score.night import Context, missing_for, score_events
from tests.unit.review.asgi import Browser
from tests.unit.review.servers import HOST, SAME, client_of, opened, until

FIRST_PAGE = """
import sys
from pathlib import Path
from psgscore.options import Options
from psgscore.review.app import ReviewApp
from psgscore.review.desk import Desk
from psgscore.review.pages import Page
from psgscore.review_plan import Plan
from psgscore.review_source import open_review
from psgscore.review_work import run_review
desk = Desk(open_review(Path(sys.argv[1]), Plan(options=Options(), folder=Path(sys.argv[2]))))
shown = tuple(one.id for one in desk.opened.catalog.tracks)
desk.pages.page(Page(shown, 60.0, 30.0, 500))
desk.about(), desk.document()
desk.close()
print(*sorted({name.partition(".")[0] for name in sys.modules} & {"scipy", "matplotlib", "mne"}))
print(*sorted({"psgscore.reviewed", "psgscore.io.formats", "psgscore.agree"} & set(sys.modules)))
"""


def test_the_first_page_needs_nothing_that_takes_long_to_load(night, folder):
    command = [sys.executable, "-c", FIRST_PAGE, str(night[0]), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_the_score_is_kept_as_it_was_read(browser, folder):
    score = (folder / "night.score.json").read_bytes()
    assert (folder / "night.review.base.json").read_bytes() == score


def test_opening_is_answered_when_it_is_done(night, folder, monkeypatch):
    monkeypatch.setattr(app, "STATUS_WAITS_S", 120.0)
    client, hub = client_of(night[0], folder=folder)
    (row,) = client.get("/api/recordings").json()["recordings"]
    answer = client.post(f"/api/recordings/{row['rid']}/open", json={}, headers=SAME)
    assert answer.json()["state"] == "ready"
    hub.close()


def test_opening_that_fails_is_answered_when_it_has(night, folder, monkeypatch):
    monkeypatch.setattr(app, "STATUS_WAITS_S", 120.0)
    client, hub = client_of(folder / "gone.edf", folder=folder)
    (row,) = client.get("/api/recordings").json()["recordings"]
    answer = client.post(f"/api/recordings/{row['rid']}/open", json={}, headers=SAME)
    assert (answer.json()["state"], "gone.edf" in answer.json()["error"]) == ("failed", True)
    hub.close()


def test_resting_levels_are_worked_out_once_from_the_first_question_on(night, folder):
    asked = []
    plan = Plan(options=Options(family=False), folder=folder)
    hub = Hub((night[0],), replace(doors(plan), levels=lambda *_: asked.append(1) or []))
    (row,) = hub.worklist(look=False)
    item = hub.item(row["rid"])
    assert hub.levels(item) is None
    for times in (1, 2):  # once more after it was closed and opened again
        hub.begin(item)
        until(item.settled.is_set)
        assert len(asked) == times - 1
        until(lambda: hub.levels(item) == [])
        hub.levels(item)
        assert len(asked) == times
        hub.leave(item)
    hub.close()


@pytest.mark.parametrize(("listed", "looks"), [(True, 1), (False, 0)])
def test_only_a_list_of_recordings_is_looked_at(night, folder, listed, looks):
    looked = []
    plan = Plan(options=Options(), folder=folder)
    hub = Hub((night[0],), replace(doors(plan), row=lambda path: looked.append(path) or {}))
    access = Access(hosts=frozenset({HOST}))
    client = Browser(ReviewApp(hub, Setting(folder=listed)).guarded(access), HOST)
    client.get("/open", params={"token": access.token})
    (row,) = client.get("/api/recordings").json()["recordings"]
    assert row["name"] == "night.edf"
    until(lambda: not hub._looking)
    assert len(looked) == looks


def test_a_recording_is_compared_with_its_score_once_and_when_it_was_touched(tmp_path):
    path, read = tmp_path / "a.edf", []
    path.write_bytes(b"a")
    right = hashlib.sha256(b"a").hexdigest()
    watch = Watch(path, lambda one: read.append(one) or sha256_of(one))
    watch.require_if_touched(right)
    assert read == []
    for _ in range(3):
        watch.require(right)
    assert read == [path]
    os.utime(path, (1, 1))
    watch.require_if_touched(right)
    watch.require(right)
    assert read == [path] * 2
    path.unlink()
    with pytest.raises(JournalError, match="cannot be read any more"):
        watch.require(right)
    path.write_bytes(b"a")  # the disk was away: it is tried again
    watch.require(right)
    path.write_bytes(b"other")
    with pytest.raises(JournalError, match="was changed or replaced while the review was open"):
        watch.require(right)
    with pytest.raises(JournalError, match=r"a\.edf: is not the file its score was made from"):
        Watch(path, sha256_of).require(right)


def test_a_desk_that_was_edited_stands_where_its_journal_ends(night, folder):
    client, hub = client_of(night[0], folder=folder)
    address = opened(client)
    awake = {"type": "restage", "first_epoch": 20, "stages": [0, 0, 0]}
    edit = {"expect": 0, "edit": awake}
    edited = client.post(f"{address}/edit", json=edit, headers=SAME).json()
    hub.close()
    client, hub = client_of(night[0], folder=folder)
    state = client.get(f"{opened(client)}/state").json()
    assert state["events"] == edited["events"]
    told = [(one["automatic"], one["now"]) for one in edited["indices"]]
    assert [(one["automatic"], one["now"]) for one in state["indices"]] == told
    assert any(automatic != now for automatic, now in told)
    hub.close()


STAGES = Hypnogram(np.array([0, 2, 2, 4], np.int8))
SLEEP = "sleep measures and indices by stage (PLMS, PLMW)"
RESPIRATORY, AROUSALS = "respiratory exclusion", "PLM-arousal indices"
IN_SLEEP_ONLY = [f"PLMW under {one.title}" for one in SIDE_BY_SIDE if one.eligible != "any_stage"]


@pytest.mark.parametrize(
    ("rules", "stages", "covers", "missing"),
    [
        pytest.param(SIDE_BY_SIDE, STAGES, "", ["leg movements"], id="nothing scored"),
        pytest.param(SIDE_BY_SIDE, None, "", [SLEEP, "leg movements"], id="nothing at all"),
        pytest.param((), STAGES, "LM", ["leg movements"], id="no rules"),
        pytest.param(
            SIDE_BY_SIDE, None, "LM", [SLEEP, RESPIRATORY, AROUSALS], id="legs without stages"
        ),
        pytest.param(
            SIDE_BY_SIDE, STAGES, "LM", [RESPIRATORY, AROUSALS, *IN_SLEEP_ONLY], id="legs"
        ),
        pytest.param(
            SIDE_BY_SIDE, STAGES, "LM respiratory", [AROUSALS, *IN_SLEEP_ONLY], id="no arousals"
        ),
        pytest.param(
            SIDE_BY_SIDE, STAGES, "LM arousal respiratory", IN_SLEEP_ONLY, id="everything"
        ),
    ],
)
def test_what_rules_cannot_score_is_known_without_scoring(night, rules, stages, covers, missing):
    context = Context(covers=frozenset(covers.split()))
    said = missing_for(rules, stages, context.covers)
    assert [one.what for one in said] == missing
    scored = score_events(night[1].events, stages, rules=rules, context=context)
    assert scored.not_scored == tuple(said)


def test_what_the_rules_say_anew_is_not_kept_besides(night):
    _, score = night
    rescoring = Rescoring.of(score)
    said = rescoring.score(score.events, score.hypnogram).not_scored
    assert sorted(map(str, said)) == sorted(map(str, score.not_scored))


@pytest.mark.parametrize("n", [1, 2, 64, 65, 129, 5000])
@pytest.mark.parametrize("rate_hz", [128.0, 256.0, 1000.0])
def test_legs_are_drawn_through_the_filter_of_the_detector(n, rate_hz):
    samples = np.random.default_rng(n).normal(3, 20, n).astype(np.float32)
    limits = DETECTION.high_pass_hz, DETECTION.low_pass_hz
    drawn = as_scored(DETECTION)(samples, rate_hz)
    assert drawn.dtype == np.float32
    assert np.allclose(drawn, band_pass(samples, rate_hz, *limits), atol=1e-3)
