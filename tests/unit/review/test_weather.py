"""What happens to files and programs while a review is open: it is said, and nothing is lost."""

from __future__ import annotations

import errno
import os
import re
from dataclasses import replace

import pytest

from psgscore import reviewed
from psgscore.errors import PsgscoreError
from psgscore.options import Options
from psgscore.review.hub import FAILED, OPENING, READY, Hub
from psgscore.review_plan import Plan
from psgscore.review_source import open_review
from psgscore.review_work import doors
from tests.unit.review.servers import SAME, client_of, opened, until, write_night

ACCEPT = {"type": "accept", "start_s": 0, "stop_s": 30}
TILE = "tile?channels=c0&start=0&span=30&px=100"


@pytest.fixture
def review(night, folder):
    """Give a browser, the address of a recording of its own, the recording and its journal."""
    path = folder / "night.edf"
    path.write_bytes(night[0].read_bytes())
    client, hub = client_of(path, folder=folder)
    yield client, opened(client), path, folder / "night.review.jsonl"
    hub.close()


def edit(client, address, expect=0):
    return client.post(f"{address}/edit", json={"expect": expect, "edit": ACCEPT}, headers=SAME)


def sign(client, address, expect=0):
    return client.post(f"{address}/sign", json={"expect": expect, "by": "Dr A"}, headers=SAME)


def change_one_byte(path):
    with path.open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"\x55")


def replace_it(path):
    path.unlink()
    write_night(path, seed=3)


@pytest.mark.parametrize(
    ("happen", "said"),
    [
        pytest.param(change_one_byte, "was changed or replaced while the review", id="changed"),
        pytest.param(replace_it, "was changed or replaced while the review", id="replaced"),
        pytest.param(os.unlink, "cannot be read any more", id="deleted"),
    ],
)
def test_a_recording_that_changes_is_neither_edited_nor_signed_nor_drawn(review, happen, said):
    client, address, path, journal = review
    whole = path.read_bytes()
    assert edit(client, address).status_code == 200
    before = journal.read_bytes()
    happen(path)
    for answer in (
        edit(client, address, 1),
        sign(client, address, 1),
        client.get(f"{address}/{TILE}"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (423, "locked")
        assert said in answer.json()["error"]
    assert journal.read_bytes() == before
    assert not list(journal.parent.glob("*.reviewed*"))
    path.write_bytes(whole)  # put back: the review goes on
    assert client.get(f"{address}/{TILE}").status_code == 200
    assert edit(client, address, 1).json()["n"] == 2


def test_a_recording_that_was_only_touched_is_the_same(review):
    client, address, path, _ = review
    os.utime(path, (1, 1))
    assert edit(client, address).status_code == 200
    assert client.get(f"{address}/{TILE}").status_code == 200


@pytest.mark.parametrize("other", [None, b"{}\n"], ids=["deleted", "replaced"])
def test_a_journal_that_goes_is_told_and_kept(review, other):
    client, address, _, journal = review
    assert edit(client, address).status_code == 200
    before, state = journal.read_bytes(), client.get(f"{address}/state").json()
    journal.unlink()
    if other is not None:
        journal.write_bytes(other)
    for answer in (edit(client, address, 1), sign(client, address, 1)):
        assert (answer.status_code, answer.json()["code"]) == (423, "locked")
        assert "night.review.jsonl.rescued-1" in answer.json()["error"]
    assert client.get(f"{address}/state").json() == state
    assert (journal.read_bytes() if journal.exists() else None) == other
    # What the message says to do leads back to where the review was.
    client.post(f"{address}/close", json={}, headers=SAME)
    journal.with_name(f"{journal.name}.rescued-1").replace(journal)
    assert journal.read_bytes() == before
    assert client.get(f"{opened(client)}/state").json()["n"] == 1


def test_files_are_written_once_more_only_of_what_was_signed(review):
    client, address, _, journal = review
    assert sign(client, address).status_code == 200
    journal.write_bytes(journal.read_bytes()[:-1])
    answer = client.post(f"{address}/export", json={}, headers=SAME)
    assert answer.status_code == 423


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        pytest.param(
            lambda text: text.replace('"schema_version": 2', '"schema_version": 1'),
            r"schema_version is 1 \(psgscore '[\d.]+' wrote it\), and this psgscore reads 2: ",
            id="another version",
        ),
        pytest.param(
            lambda text: text[:-9], "line .*: no JSON: .*: the file is damaged: ", id="cut"
        ),
    ],
)
def test_a_review_whose_score_cannot_be_read_says_how_to_go_on(night, folder, damage, said):
    client, hub = client_of(night[0], folder=folder)
    edit(client, opened(client))
    hub.close()
    kept, journal = folder / "night.review.base.json", folder / "night.review.jsonl"
    whole, before = kept.read_text("utf-8"), journal.read_bytes()
    kept.write_text(damage(whole), "utf-8")
    assert kept.read_text("utf-8") != whole
    client, hub = client_of(night[0], folder=folder)
    address = opened(client)
    told = client.get(f"{address}/status").json()["error"]
    assert re.search(f"night.review.base.json.*{said}the edits of this review refer to", told)
    assert "to begin anew, give another output folder" in told
    until(lambda: not client.get("/api/recordings").json()["recordings"][0]["pending"])
    assert client.get("/api/recordings").json()["recordings"][0]["error"] == told
    assert (kept.read_text("utf-8"), journal.read_bytes()) == (damage(whole), before)
    kept.write_text(whole, "utf-8")
    assert client.get(f"{opened(client)}/state").json()["n"] == 1
    hub.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("error", [MemoryError, ZeroDivisionError])
def test_whatever_fails_while_opening_is_told_and_the_next_time_it_may_work(folder, night, error):
    plan, failing = Plan(options=Options(family=False), folder=folder), [error("for a test")]

    def open_it(path, progress):
        if failing:
            raise failing.pop()
        return open_review(path, plan, progress)

    given = replace(doors(plan), open=open_it, levels=lambda path, opened: [])
    hub = Hub((night[0],), given, "A")
    item = hub.item(hub.worklist()[0]["rid"])
    for state, said in (
        (FAILED, "psgscore failed to open the recording: see its log"),
        (READY, ""),
    ):
        hub.begin(item)
        until(lambda: item.state != OPENING)
        assert (item.state, item.error) == (state, said)
    hub.close()


def test_a_review_that_fails_after_its_journal_was_opened_gives_it_back(folder, night):
    journal = folder / "night.review.jsonl"
    client, hub = client_of(night[0], folder=folder)
    address = opened(client)
    edit(client, address)
    hub.close()
    whole = journal.read_bytes()
    journal.write_bytes(whole + whole.splitlines(keepends=True)[1])  # entry 1 follows entry 1
    client, hub = client_of(night[0], folder=folder)
    address = opened(client)
    assert "line 3: entry 1 follows entry 1" in client.get(f"{address}/status").json()["error"]
    assert not (folder / "night.review.lock").exists()
    journal.write_bytes(whole)
    assert client.get(f"{opened(client)}/state").json()["n"] == 1
    hub.close()


def test_a_second_scorer_that_cannot_be_read_leaves_the_journal_free(folder, night):
    client, hub = client_of(night[0], folder=folder, second=folder / "nobody.review.jsonl")
    address = opened(client)
    assert client.get(f"{address}/status").json()["state"] == "failed"
    assert not (folder / "night.review.lock").exists()
    hub.close()


class Full:
    """A disk without space, for one folder: by `os.write`, and by the way outputs are written."""

    def __init__(self, monkeypatch, left):
        self.write, self.left = os.write, left
        monkeypatch.setattr(os, "write", self)

    def __call__(self, fd, data):
        taken = min(self.left, len(data))
        self.left -= taken
        if not taken:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return self.write(fd, data[:taken])


@pytest.mark.parametrize("left", [0, 1, 50], ids=lambda left: f"{left} bytes left")
@pytest.mark.parametrize("what", [edit, sign], ids=["edit", "sign"])
def test_a_full_disk_is_told_and_the_review_goes_on_once_there_is_space(
    review, monkeypatch, left, what
):
    client, address, _, journal = review
    edit(client, address)
    before, state = journal.read_bytes(), client.get(f"{address}/state").json()
    Full(monkeypatch, left)
    answer = what(client, address, 1)
    assert (answer.status_code, answer.json()["code"]) == (423, "locked")
    assert answer.json()["error"] == (
        "night.review.jsonl: cannot be read or written: No space left on device. What was saved "
        "before is on the disk: free some space and do it again"
    )
    assert journal.read_bytes() == before
    assert client.get(f"{address}/state").json() == state
    monkeypatch.undo()
    assert edit(client, address, 1).json()["n"] == 2
    assert len(journal.read_bytes().splitlines()) == 3


def test_a_disk_that_is_full_once_it_is_signed_lets_the_files_be_written_later(review, monkeypatch):
    client, address, _, journal = review

    def refuse(*args, **kwargs):
        raise PsgscoreError(f"{journal.parent}: no space left on the disk: free some")

    monkeypatch.setattr(reviewed, "in_child", refuse)
    answer = sign(client, address)
    assert (answer.status_code, answer.json()["code"]) == (503, "not-written")
    assert "signed, but its files could not be written" in answer.json()["error"]
    assert "no space left on the disk" in answer.json()["error"]
    assert answer.json()["state"]["review"]["locked"]
    assert client.get(f"{address}/state").json()["review"]["locked"]
    assert not list(journal.parent.glob("*.reviewed*"))
    monkeypatch.undo()
    answer = client.post(f"{address}/export", json={}, headers=SAME)
    assert "night.reviewed.report.pdf" in answer.json()["files"]
