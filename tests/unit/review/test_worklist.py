"""A folder of recordings, and a second scorer's file."""

from __future__ import annotations

from dataclasses import replace

import pytest

from psgscore.errors import InputPathError, UsageError
from psgscore.options import Options
from psgscore.review.hub import Hub
from psgscore.review_plan import Plan
from psgscore.review_work import doors, recordings_in, row_of
from tests.unit.review.servers import SAME, client_of, opened, until


def test_the_recordings_of_a_folder(night, tmp_path):
    for name in ("b.edf", "a.EDF", "a.annotations.edf", "c.txt"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "d.edf").mkdir()
    assert [one.name for one in recordings_in(tmp_path)] == ["a.EDF", "b.edf"]
    assert recordings_in(night[0]) == (night[0],)
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputPathError, match="no recording"):
        recordings_in(tmp_path / "empty")


def test_rows_of_what_is_scored_not_scored_and_damaged(night, folder):
    plan = Plan(options=Options(), folder=folder)
    row = row_of(night[0], plan)
    assert (row["state"], row["edits"], row["legs"], row["duration_s"]) == ("automatic", 0, 2, 2400)
    rate = night[1].rate("plm", "wasm-2016", "W")
    told = {one["key"]: one["value"] for one in row["indices"]}
    assert told["plm/wasm-2016/W"] == rate.per_hour
    assert row_of(folder / "other.edf", plan)["state"] == "not scored"
    (folder / "night.score.json").write_text("{", "utf-8")
    row = row_of(night[0], plan)
    assert row["state"] == "unreadable"
    assert "night.score.json" in row["error"]


def test_the_numbers_of_a_row_are_those_of_the_page(browser, night, folder):
    client, address, _ = browser
    edit = {"expect": 0, "edit": {"type": "restage", "first_epoch": 20, "stages": [0] * 8}}
    state = client.post(f"{address}/edit", json=edit, headers=SAME).json()
    page = {one["key"]: one for one in state["indices"]}
    tst = page["sleep/tst_min"]
    assert tst["now"] != tst["automatic"]
    row = row_of(night[0], Plan(options=Options(), folder=folder))
    assert row["state"] == "draft"
    assert {one["key"]: one["value"] for one in row["indices"]} == {
        one["key"]: page[one["key"]]["now"] for one in row["indices"]
    }


def test_a_damaged_recording_does_not_take_the_others_along(night, folder):
    bad = folder / "bad.edf"
    bad.write_bytes(b"0       " + b"\xff" * 1000)
    plan = Plan(options=Options(family=False), folder=folder)
    hub = Hub((bad, night[0]), replace(doors(plan), levels=lambda path, opened: []))
    items = [hub.item(row["rid"]) for row in hub.worklist()]
    for item in items:
        hub.begin(item)
    until(lambda: {item.state for item in items} == {"failed", "ready"})
    assert (items[0].state, items[1].state) == ("failed", "ready")
    assert "bad.edf" in items[0].error
    hub.leave(items[1])
    assert items[1].state == "closed"
    assert not (folder / "night.review.lock").exists()
    hub.begin(items[1])
    until(lambda: items[1].state == "ready")
    hub.close()


def test_a_scoring_file_as_the_second_scorer(night, folder):
    other = folder / "other.csv"
    rows = ["kind,onset_s,duration_s", "LM:left,120,2", "LM:left,1000,2", "LM:right,128,2"]
    other.write_text("\n".join(rows), "utf-8")
    client, hub = client_of(night[0], folder=folder, second=other)
    address = opened(client)
    items = client.get(f"{address}/disagreements").json()["items"]
    there = [one for one in items if one["claims"] != [None]]
    claim = {"start_s": 1000.0, "stop_s": 1002.0, "kind": "LM:left", "stage": ""}
    assert [(one["text"], one["claims"]) for one in there] == [("LM:left: only there", [claim])]
    here = [one for one in items if one["text"].endswith("only here")]
    assert len(here) == 118
    assert all(one["event"].startswith("e") for one in here)
    # What was looked at and is not wanted is off the list, and nothing else has changed.
    dismiss = {"type": "dismiss", "start_s": 1000.0, "stop_s": 1002.0, "kind": "LM:left"}
    state = client.post(f"{address}/edit", json={"expect": 0, "edit": dismiss}, headers=SAME).json()
    assert (state["review"]["edits"], state["adjudication"]) == (0, None)
    assert client.get(f"{address}/disagreements").json()["items"] == here
    hub.close()


def test_a_blind_scorer_needs_a_name():
    with pytest.raises(UsageError, match="--reviewer"):
        Plan(options=Options(), blind=True)


def test_names_of_scorers_are_no_paths(night, folder):
    plan = Plan(options=Options(), folder=folder, reviewer="../../x / y", blind=True)
    assert plan.journal_of(night[0]).parent == folder
    assert plan.journal_of(night[0]).name == "night._x_y.review.jsonl"


def test_closing_gives_the_journal_back(browser, folder):
    client, address, _ = browser
    assert (folder / "night.review.lock").exists()
    edit = {"expect": 0, "edit": {"type": "remove", "id": "e0"}}
    assert client.post(f"{address}/edit", json=edit, headers=SAME).status_code == 200
    until(lambda: not client.get("/api/recordings").json()["recordings"][0]["pending"])
    assert client.post(f"{address}/close", json={}, headers=SAME).json()["state"] == "closed"
    # The row of the worklist is looked at again: it knows the edit.
    until(lambda: not client.get("/api/recordings").json()["recordings"][0]["pending"])
    assert client.get("/api/recordings").json()["recordings"][0]["edits"] == 1
    assert not (folder / "night.review.lock").exists()
    assert client.get(f"{address}/state").json()["code"] == "not-ready"
