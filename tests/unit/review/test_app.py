"""The server as the page sees it: what it tells, what an edit changes, what stays."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest

from psgscore.io.score_read import read_score
from tests.unit.review.servers import SAME, client_of, opened

ADD = {"type": "add", "start_s": 1, "stop_s": 2, "channel": ""}


def edit(client, address, change, *, expect=None):
    if expect is None:
        expect = client.get(f"{address}/state").json()["n"]
    document = {"expect": expect, "edit": change, "why": "seen"}
    return client.post(f"{address}/edit", json=document, headers=SAME)


def value(document, key):
    return next(one for one in document["indices"] if one["key"] == key)


def test_what_is_told_of_the_program(browser):
    client, _, _ = browser
    about = client.get("/api/about").json()
    assert about["reviewer"] == "A B"
    assert "qualified clinician" in about["disclaimer"]
    assert {"kind": "arousal", "title": "arousal", "group": "arousal"} in about["kinds"]
    assert client.get("/").headers["content-type"].startswith("text/html")


def test_the_state_before_any_edit_is_the_score(browser, night):
    client, address, _ = browser
    state = client.get(f"{address}/state").json()
    score = night[1]
    assert state["events"]["start_s"] == score.events.start_s.tolist()
    assert state["events"]["id"] == [f"e{k}" for k in range(len(score.events))]
    for leg in score.legs:
        told = state["movements"][leg.criteria.name]
        assert told["plm"] == leg.verdicts.plm.tolist()
        assert told["series"] == leg.verdicts.series.tolist()
        legs = score.events.is_kind("LM").sum()
        assert sum(len(ids) for ids in told["events"]) == legs
    rate = score.rate("plm", "wasm-2016", "sleep")
    index = value(state, "plm/wasm-2016/sleep")
    assert (index["now"], index["count"]) == (rate.per_hour, rate.count)
    assert index["automatic"] == index["before"] == index["now"]
    assert state["hypnogram"]["stages"] == score.hypnogram.stages.tolist()
    assert client.get(f"{address}/state?since=0").json() == {"n": 0, "changed": False}


def test_an_edit_is_on_the_disk_and_moves_the_numbers(browser):
    client, address, journal = browser
    first = client.get(f"{address}/state").json()
    legs = [k for k, kind in enumerate(first["events"]["kind"]) if kind == "LM:left"]
    for number, row in enumerate(legs[20:24]):
        new = edit(client, address, {"type": "reject", "id": first["events"]["id"][row]}).json()
        assert len(journal.read_bytes().splitlines()) == number + 2
    before, now = first["indices"], value(new, "lm/wasm-2016/sleep")
    assert now["count"] == value({"indices": before}, "lm/wasm-2016/sleep")["count"] - 4
    assert now["automatic"] > now["before"] > now["now"]
    assert new["review"]["counts"] == {"rejected": 4}
    row = new["events"]["id"].index(first["events"]["id"][legs[20]])
    assert new["events"]["rejected"][row] == "rejected in review"
    back = edit(client, address, {"type": "undo"}).json()
    assert back["review"]["counts"] == {"rejected": 3}
    assert back["review"]["redo_text"].startswith("reject")


def test_stages_are_scored_anew(browser):
    client, address, _ = browser
    change = {"type": "restage", "first_epoch": 6, "stages": [0] * 10}
    new = edit(client, address, change).json()
    assert value(new, "sleep/tst_min")["automatic"] - value(new, "sleep/tst_min")["now"] == 5.0
    assert new["hypnogram"]["scorer"][5:17] == ["given"] + ["reviewer"] * 10 + ["given"]


def test_two_windows(browser):
    client, address, journal = browser
    change = {"type": "accept", "start_s": 0, "stop_s": 30}
    assert edit(client, address, change, expect=0).status_code == 200
    answer = edit(client, address, change, expect=0)
    assert answer.status_code == 409
    assert answer.json()["code"] == "conflict"
    assert answer.json()["state"]["review"]["accepted_s"] == [[0.0, 30.0]]
    assert len(journal.read_bytes().splitlines()) == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"type": "remove", "id": "e99999"}, "no event"),
        ({"type": "sign", "name": "A"}, "addresses of their own"),
        ({"type": "add", "start_s": 1, "stop_s": 2, "kind": "dream", "channel": ""}, "kind"),
        (
            {"type": "add", "start_s": 1, "stop_s": 2, "kind": "LM:right", "channel": "c0"},
            "leg:left",
        ),
        (
            {"type": "add", "start_s": 1, "stop_s": 2, "kind": "LM:left", "channel": "c77"},
            "channel",
        ),
        ({"type": "restage", "first_epoch": 0, "stages": [9]}, "stage"),
        ({"type": "remove", "id": "e0", "more": 1}, "more"),
        ({"type": "undo"}, "nothing to undo"),
        ({}, "no edit"),
        ([], "object"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_written(browser, change, said):
    client, address, journal = browser
    before = journal.read_bytes()
    answer = edit(client, address, change)
    assert answer.status_code == 422
    assert said in answer.json()["error"]
    assert journal.read_bytes() == before


def test_a_page_of_signals(browser, night):
    client, address, _ = browser
    channels = client.get(address).json()["channels"]
    names = [one["label"] for one in channels]
    assert names == ["Left Leg", "Right Leg", "C3-M2", "ECG"]
    assert channels[0]["filter"]["as_scored"]
    query = "channels=c0,c1&start=2390&span=20&px=100"
    data = client.get(f"{address}/tile?{query}").content
    assert struct.unpack("<4sIIIdd", data[:32]) == (b"PST1", 2, 100, 0, 2390.0, 20.0)
    values = np.frombuffer(data, "<f4", offset=32).reshape(2, 2, 100)
    assert np.isfinite(values[:, :, :50]).all()
    assert np.isnan(values[:, :, 50:]).all()  # the recording ends at 2400 s
    assert (values[:, 0, :50] <= values[:, 1, :50]).all()


@pytest.mark.parametrize(
    "query",
    [
        "",
        "channels=&start=0&span=30&px=100",
        "channels=c0&start=x&span=30&px=100",
        "channels=c0&start=nan&span=30&px=100",
        "channels=c0&start=1e300&span=30&px=100",
        "channels=c0&start=0&span=-1&px=100",
        "channels=c0&start=0&span=1e9&px=100",
        "channels=c0&start=0&span=30&px=100000000",
        "channels=c0&start=0&span=30&px=0",
        "channels=c0&start=0&span=30&px=99999999999999999999999",
        "channels=" + "c0," * 65 + "&start=0&span=30&px=10",
        "channels=c0&start=0&span=30&px=100&filter=/etc/passwd",
        "channels=../c0&start=0&span=30&px=100",
    ],
)
def test_pages_that_are_none(browser, query):
    client, address, _ = browser
    answer = client.get(f"{address}/tile?{query}")
    assert answer.status_code in (400, 404)
    assert client.get(f"{address}/status").json()["state"] == "ready"


def test_why(browser):
    client, address, _ = browser
    state = client.get(f"{address}/state").json()
    row = state["events"]["kind"].index("LM:left")
    identifier = state["events"]["id"][row]
    told = client.get(f"{address}/why?event={identifier}&rules=wasm-2016").json()
    lines = {one["label"]: one["value"] for one in told["lines"]}
    assert lines["Rule set"] == "WASM 2016"
    assert lines["Since the candidate before"] == "-"
    assert float(lines["Over the onset threshold"].split()[0]) > 0
    assert client.get(f"{address}/why?event=e9999&rules=x").status_code == 404


def test_what_is_uncertain_is_gone_once_accepted(browser):
    client, address, _ = browser
    state = client.get(f"{address}/state").json()
    row = state["events"]["kind"].index("LM:left")
    start_s = state["events"]["start_s"][row]
    short = {"type": "move", "id": state["events"]["id"][row], "start_s": start_s}
    edit(client, address, short | {"stop_s": start_s + 0.52})
    items = client.get(f"{address}/uncertain").json()["items"]
    assert "lasts 0.52 s, and the limit is 0.5 s" in items[0]["reasons"]
    assert items[0]["event"] == short["id"]
    assert all(one["reasons"] and 0 <= one["doubt"] <= 1 for one in items)
    edit(client, address, {"type": "accept", "start_s": 0, "stop_s": 2400})
    assert client.get(f"{address}/uncertain").json()["items"] == []


def test_signing_writes_a_reviewed_score(browser, folder):
    client, address, _ = browser
    state = client.get(f"{address}/state").json()
    legs = [k for k, kind in enumerate(state["events"]["kind"]) if kind == "LM:left"]
    edit(client, address, {"type": "remove", "id": state["events"]["id"][legs[0]]})
    answer = client.post(f"{address}/sign", json={"expect": 1, "by": "Dr A"}, headers=SAME)
    assert answer.status_code == 200
    assert {"night.reviewed.report.pdf", "night.reviewed.report.html"} <= set(
        answer.json()["files"]
    )
    score = read_score(folder / "night.reviewed.score.json")
    assert (score.review.by, score.review.edits, score.review.state) == ("Dr A", 1, "reviewed")
    assert score.events.is_kind("LM:left").sum() == len(legs) - 1
    now = value(answer.json()["state"], "lm/wasm-2016/sleep")
    assert score.rate("lm", "wasm-2016", "sleep").per_hour == now["now"]
    report = (folder / "night.reviewed.report.html").read_text("utf-8")
    assert "Dr A" in report
    assert answer.json()["state"]["review"]["locked"]
    refused = edit(client, address, {"type": "undo"})
    assert refused.status_code == 422
    again = client.post(f"{address}/reopen", json={"expect": 2, "why": "more"}, headers=SAME)
    assert again.json()["review"]["revision"] == 2
    client.post(f"{address}/sign", json={"expect": 3, "by": "Dr B"}, headers=SAME)
    assert read_score(folder / "night.reviewed-2.score.json").review.by == "Dr B"
    assert read_score(folder / "night.reviewed.score.json").review.by == "Dr A"


def test_the_folder_of_the_files_is_told_in_full(night, folder, monkeypatch):
    monkeypatch.chdir(folder)
    client, hub = client_of(night[0], folder=Path())
    sign = {"expect": 0, "by": "Dr A"}
    answer = client.post(f"{opened(client)}/sign", json=sign, headers=SAME)
    hub.close()
    assert answer.json()["folder"] == str(folder)
    assert (folder / "night.reviewed.report.html").is_file()


def test_accepting_everything_keeps_every_number(browser, folder, night):
    client, address, _ = browser
    edit(client, address, {"type": "accept", "start_s": 0, "stop_s": 2400})
    client.post(f"{address}/sign", json={"expect": 1, "by": "Dr A"}, headers=SAME)
    score = read_score(folder / "night.reviewed.score.json")
    assert score.rates == night[1].rates
    assert (score.review.by, score.review.edits) == ("Dr A", 0)


def test_a_review_goes_on_where_it_was(browser, night, folder):
    client, address, _ = browser
    edit(client, address, {"type": "remove", "id": "e0"})
    before = client.get(f"{address}/state").json()
    # A second server: it may look, and is told why it may not write.
    other, hub = client_of(night[0], folder=folder)
    place = opened(other)
    about = other.get(place).json()
    assert about["readonly"]
    assert "open in process" in about["readonly_why"]
    assert other.get(f"{place}/state").json()["events"] == before["events"]
    answer = edit(other, place, {"type": "undo"})
    assert (answer.status_code, answer.json()["code"]) == (423, "locked")
    hub.close()


def test_the_worklist_knows_the_state(browser):
    client, address, _ = browser
    edit(client, address, {"type": "remove", "id": "e0"})
    client.get("/api/recordings")
    rows = []
    while not rows or rows[0]["pending"] or rows[0]["state"] != "draft":
        rows = client.get("/api/recordings").json()["recordings"]
    assert rows[0]["edits"] == 1
    assert rows[0]["legs"] == 2
    assert {one["key"] for one in rows[0]["indices"]} >= {"plm/wasm-2016/sleep", "sleep/tst_min"}


def test_a_blind_scorer_sees_nothing_automatic(night, folder):
    client, hub = client_of(night[0], folder=folder, blind=True)
    address = opened(client)
    state = client.get(f"{address}/state").json()
    assert state["events"]["id"] == []
    assert state["hypnogram"] is None
    assert state["movements"] == {}
    text = json.dumps([client.get(address).json(), state])
    assert "wasm-2016" in text
    assert all(one["automatic"] is None for one in state["indices"])
    edit(client, address, {"type": "restage", "first_epoch": 0, "stages": [2] * 80})
    add = {"type": "add", "start_s": 120.0, "stop_s": 122.0, "kind": "LM:left", "channel": "c0"}
    state = edit(client, address, add).json()
    assert value(state, "lm/wasm-2016/sleep")["count"] == 1
    hub.close()
    journal = folder / "night.A_B.review.jsonl"
    assert journal.exists()
    client, hub = client_of(night[0], folder=folder, second=journal)
    address = opened(client)
    found = client.get(f"{address}/disagreements").json()
    assert found["others"] == [{"name": "A_B"}]
    words = {one["text"].split()[-1] for one in found["items"]}
    assert words == {"here", "there"}
    assert {one["what"] for one in found["items"]} == {"event", "stage"}
    assert not any(one["text"].endswith("only there") for one in found["items"])
    hub.close()
