"""The file behind a review: nothing is lost, nobody else writes, nothing foreign is read."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psgscore.errors import EditError, JournalBusyError, JournalError
from psgscore.io.positioned import seek_and_read, seek_and_write
from psgscore.review import journal as journals
from psgscore.review import lock
from psgscore.review.edits import Accept, Add, Reject, Restage, Sign, Undo
from psgscore.review.entries import entry_line, read_edit, read_entry
from psgscore.review.journal import Journal
from psgscore.review.lines import entries_in
from psgscore.review.replay import Replay
from tests.unit.review.journals import BINDING, base, entries

EDITS = (Add(1.25, 2, "LM:left", "Bein <links> \u202e"), Restage(3, (1, -1)), Undo(), Sign("Dr Ä"))


def filled(path, *edits):
    journal = Journal.open(path, BINDING)
    for entry in entries(*edits):
        journal.append(entry)
    journal.close()
    return journal


def test_what_was_appended_is_read_back(tmp_path):
    path = tmp_path / "a.review.jsonl"
    filled(path, *EDITS)
    journal = Journal.open(path, BINDING)
    assert list(journal.entries()) == entries(*EDITS)
    assert journal.findings == []
    journal.close()
    assert [one.name for one in tmp_path.iterdir()] == [path.name]  # the lock is gone


@pytest.mark.parametrize("keep", range(1, 60, 7))
def test_a_torn_last_line_is_put_aside_with_a_finding(tmp_path, keep):
    path = tmp_path / "a.review.jsonl"
    filled(path, *EDITS)
    whole = path.read_bytes()
    torn = entry_line(entries(Accept(0, 30), first=5)[0])[:keep]
    path.write_bytes(whole + torn)
    reader = Journal.open(path, BINDING, write=False)
    assert list(reader.entries()) == entries(*EDITS)
    assert [one.code for one in reader.findings] == ["review.torn-line"]
    assert path.read_bytes() == whole + torn  # a reader touches nothing
    journal = Journal.open(path, BINDING)
    assert list(journal.entries()) == entries(*EDITS)
    assert [one.code for one in journal.findings] == ["review.torn-line"]
    journal.append(entries(Accept(0, 30), first=5)[0])
    journal.close()
    assert path.read_bytes().startswith(whole)
    assert (tmp_path / "a.review.jsonl.torn-1").read_bytes() == torn


def test_a_torn_first_line_begins_anew(tmp_path):
    path = tmp_path / "a.review.jsonl"
    path.write_bytes(b'{"psgscore_rev')
    journal = Journal.open(path, BINDING)
    assert [one.code for one in journal.findings] == ["review.torn-line"]
    journal.append(entries(Accept(0, 30))[0])
    journal.close()
    assert len(path.read_bytes().splitlines()) == 2


@pytest.mark.parametrize("name", ["input_sha256", "criteria_sha256", "base_sha256"])
def test_another_journal_is_refused(tmp_path, name):
    path = tmp_path / "a.review.jsonl"
    filled(path, *EDITS)
    before = path.read_bytes()
    with pytest.raises(JournalError, match=r"another|other"):
        Journal.open(path, replace(BINDING, **{name: "d" * 64}))
    assert path.read_bytes() == before
    filled(path)  # and the lock was given back


def test_one_writer_at_a_time(tmp_path):
    path = tmp_path / "a.review.jsonl"
    first = Journal.open(path, BINDING)
    with pytest.raises(JournalBusyError, match=f"process {os.getpid()}"):
        Journal.open(path, BINDING)
    Journal.open(path, BINDING, write=False).close()
    first.close()
    Journal.open(path, BINDING).close()


def test_the_lock_of_a_killed_process_is_taken_over_and_nothing_is_lost(tmp_path):
    path = tmp_path / "a.review.jsonl"
    code = (
        "import sys, pathlib\n"
        "from psgscore.review.edits import Accept, Undo\n"
        "from tests.unit.review.journals import BINDING, entries\n"
        "from psgscore.review.journal import Journal\n"
        "j = Journal.open(pathlib.Path(sys.argv[1]), BINDING)\n"
        "[j.append(e) for e in entries(Accept(0, 30), Undo())]\n"
        "print('written', flush=True)\nsys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout.readline() == b"written\n"
        with pytest.raises(JournalBusyError, match=f"process {other.pid}"):
            Journal.open(path, BINDING)
        other.kill()
    journal = Journal.open(path, BINDING)
    assert [one.code for one in journal.findings] == ["review.lock-taken-over"]
    assert list(journal.entries()) == entries(Accept(0, 30), Undo())
    journal.close()


def test_the_lock_of_another_computer_is_not_taken_over(tmp_path):
    path = tmp_path / "a.review.jsonl"
    held = tmp_path / "a.review.lock"
    held.write_text(json.dumps({"pid": 1, "host": "elsewhere"}), "utf-8")
    with pytest.raises(JournalBusyError, match=r"'elsewhere'.*delete"):
        Journal.open(path, BINDING)
    held.write_text(json.dumps({"pid": 1, "host": socket.gethostname()}), "utf-8")
    Journal.open(path, BINDING).close()


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"n":2,"at":"x","by":"","type":"explode"}',
        b'{"n":2,"at":"x","by":"","type":"remove"}',
        b'{"n":2,"at":"x","by":"","type":"remove","id":"../../etc/passwd"}',
        b'{"n":2,"at":"x","by":"","type":"accept","start_s":NaN,"stop_s":1}',
        b'{"n":2,"at":"x","by":"","type":"accept","start_s":1e400,"stop_s":1}',
        b'{"n":2,"at":"x","by":"","type":"accept","start_s":true,"stop_s":1}',
        b'{"n":2,"at":"x","by":"","type":"undo","more":1}',
        b'{"n":true,"at":"x","by":"","type":"undo"}',
        b'{"n":2,"at":"x\\u0000","by":"","type":"undo"}',
        b"[" * 30_000,
        b'"' + b"a" * 70_000 + b'"',
    ],
)
def test_a_damaged_line_in_the_middle_is_named(tmp_path, line):
    path = tmp_path / "a.review.jsonl"
    filled(path, Accept(0, 30))
    path.write_bytes(path.read_bytes() + line + b"\n" + entry_line(entries(Undo(), first=3)[0]))
    journal = Journal.open(path, BINDING)
    with pytest.raises(JournalError, match=r"a\.review\.jsonl, line 3: "):
        list(journal.entries())
    journal.close()


def test_a_journal_is_not_written_through_a_link(tmp_path):
    target = tmp_path / "precious"
    target.write_bytes(b"")
    (tmp_path / "a.review.jsonl").symlink_to(target)
    with pytest.raises(JournalError):
        Journal.open(tmp_path / "a.review.jsonl", BINDING)
    assert target.read_bytes() == b""


def test_a_full_disk_leaves_no_half_line(tmp_path, monkeypatch):
    path = tmp_path / "a.review.jsonl"
    journal = Journal.open(path, BINDING)
    before = path.read_bytes()
    write = os.write
    monkeypatch.setattr(os, "write", lambda fd, line: write(fd, line[:10]))
    with pytest.raises(JournalError, match="No space left"):
        journal.append(entries(Undo())[0])
    monkeypatch.undo()
    assert path.read_bytes() == before
    journal.close()


def test_a_journal_that_was_moved_is_not_written_until_it_is_back(tmp_path):
    path = tmp_path / "a.review.jsonl"
    journal = Journal.open(path, BINDING)
    before = path.read_bytes()
    away = path.rename(tmp_path / "elsewhere")
    with pytest.raises(JournalError, match="was moved or replaced while the review was open"):
        journal.append(entries(Undo())[0])
    assert [one.name for one in tmp_path.iterdir() if one.suffix != ".lock"] == ["elsewhere"]
    assert away.read_bytes() == before
    away.rename(path)
    journal.append(entries(Undo())[0])
    assert path.read_bytes() == before + entry_line(entries(Undo())[0])
    journal.close()


@pytest.mark.parametrize("other", [None, b"", b"something else\n"], ids=["gone", "empty", "other"])
def test_a_journal_that_was_deleted_is_kept_and_nothing_goes_to_a_file_without_a_name(
    tmp_path, other
):
    path = tmp_path / "a.review.jsonl"
    journal = Journal.open(path, BINDING)
    journal.append(entries(Accept(0, 30))[0])
    before = path.read_bytes()
    path.unlink()
    if other is not None:
        path.write_bytes(other)
    for _ in range(2):
        with pytest.raises(JournalError, match=r"is in a\.review\.jsonl\.rescued-1\. Close"):
            journal.append(entries(Undo(), first=2)[0])
    journal.close()
    assert (path.read_bytes() if path.exists() else None) == other
    aside = tmp_path / "a.review.jsonl.rescued-1"
    assert aside.read_bytes() == before
    assert not (tmp_path / "a.review.jsonl.rescued-2").exists()
    aside.replace(path)
    again = Journal.open(path, BINDING)
    assert list(again.entries()) == entries(Accept(0, 30))
    again.close()


@pytest.mark.parametrize("size", [-3, 4])
def test_a_journal_that_others_wrote_is_not_written_on(tmp_path, size):
    path = tmp_path / "a.review.jsonl"
    journal = Journal.open(path, BINDING)
    os.truncate(path, path.stat().st_size + size)
    before = path.read_bytes()
    with pytest.raises(JournalError, match="another program wrote to it"):
        journal.append(entries(Undo())[0])
    assert path.read_bytes() == before
    journal.close()


def test_entries_from_a_number_on(tmp_path):
    path = tmp_path / "a.review.jsonl"
    filled(path, *EDITS)
    for first in range(-1, len(EDITS) + 3):
        expected = [one for one in entries(*EDITS) if one.n >= first]
        assert list(entries_in(path, first)) == expected


def test_a_system_without_reading_at_a_place(tmp_path, monkeypatch):
    monkeypatch.setattr(lock, "read_at", seek_and_read)
    monkeypatch.setattr(lock, "write_at", seek_and_write)
    monkeypatch.setattr(journals, "read_at", seek_and_read)
    path = tmp_path / "a.review.jsonl"
    journal = Journal.open(path, BINDING)
    with pytest.raises(JournalBusyError, match=f"process {os.getpid()}"):
        Journal.open(path, BINDING)
    before = path.read_bytes()
    path.unlink()
    with pytest.raises(JournalError, match="rescued-1"):
        journal.append(entries(Undo())[0])
    assert (tmp_path / "a.review.jsonl.rescued-1").read_bytes() == before
    journal.close()


def test_a_link_is_not_followed_where_the_system_would(tmp_path, monkeypatch):
    monkeypatch.setattr(journals, "FLAGS", os.O_RDWR | os.O_CREAT)
    target = tmp_path / "precious"
    target.write_bytes(b"")
    (tmp_path / "a.review.jsonl").symlink_to(target)
    with pytest.raises(JournalError):
        Journal.open(tmp_path / "a.review.jsonl", BINDING)
    assert target.read_bytes() == b""


def test_a_lock_file_that_cannot_be_removed_names_nobody(tmp_path, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "open in a program", str(path))

    path = tmp_path / "a.review.jsonl"
    journal = Journal.open(path, BINDING)
    monkeypatch.setattr(type(path), "unlink", refuse)
    journal.close()
    monkeypatch.undo()
    assert (tmp_path / "a.review.lock").read_bytes() == b""
    again = Journal.open(path, BINDING)
    assert again.findings == []
    again.close()


def test_a_long_journal_is_followed(tmp_path):
    path, n = tmp_path / "a.review.jsonl", 50_000
    filled(path)
    pairs = [entries(Reject("e0", "x"), Undo(), first=k) for k in range(1, n, 2)]
    with path.open("ab") as file:
        file.writelines(entry_line(one) for pair in pairs for one in pair)
    journal, replay, told = Journal.open(path, BINDING), Replay(base()), []
    journal.follow(replay, lambda step, share: told.append((share, step)))
    journal.close()
    assert (replay.n, replay.state().edits) == (n, 0)
    assert told == sorted(told, key=lambda one: one[0])
    assert told[0][1] == "reading 4096 edits of the journal"
    assert 0 < told[0][0] < 0.1
    assert 0.9 < told[-1][0] <= 1


@given(
    st.builds(
        Add,
        st.floats(0, 1e6),
        st.floats(0, 1e6),
        st.sampled_from(["LM:left", "arousal", "apnea:obstructive"]),
        st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=50),
    )
)
def test_every_edit_survives_its_line(edit):
    (entry,) = entries(edit)
    line = entry_line(entry)
    assert line.isascii()
    assert line.count(b"\n") == 1
    assert read_entry(line) == entry


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text() | st.integers(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_plain_values_are_an_edit_or_refused(value):
    for document in ({"type": value}, {"type": "add", "start_s": value, "stop_s": value}):
        with pytest.raises(EditError):
            read_edit(document)
