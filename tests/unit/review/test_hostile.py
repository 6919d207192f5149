"""What no browser would ask for: refused, nothing written, and the server goes on."""

from __future__ import annotations

import importlib.util
import random
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.unit.review.servers import SAME

SCRIPT = Path(__file__).parents[3] / "scripts" / "fuzz_review.py"
JSON = SAME | {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def fuzz():
    found = importlib.util.spec_from_file_location("fuzz_review", SCRIPT)
    module = importlib.util.module_from_spec(found)
    sys.modules[found.name] = module  # dataclasses look their module up
    found.loader.exec_module(module)
    yield module
    del sys.modules[found.name]


def test_hostile_requests_are_refused_and_leave_the_journal_alone(fuzz, browser):
    client, address, journal = browser
    rng, told = random.Random(5), Counter()
    for _ in range(600):
        before = journal.read_bytes()
        asked = fuzz.hostile(rng, address, before.count(b"\n") - 1)
        body = asked.body if asked.method == "POST" else b""
        answer = client.ask(asked.method, asked.address, JSON | dict(asked.headers), body)
        now = journal.read_bytes()
        fault = fuzz.fault_of(asked, answer.status_code, changed=now != before)
        assert not fault, (asked, answer)
        told[answer.status_code] += 1
    assert {200, 400, 403, 404, 409, 413, 422} <= set(told)
    assert client.get(f"{address}/state").json()["n"] == journal.read_bytes().count(b"\n") - 1 > 5


def test_a_server_that_writes_on_a_refusal_would_be_caught(fuzz):
    edit = fuzz.Asked("POST", "/api/recordings/r0/edit")
    assert fuzz.fault_of(edit, 200, changed=True) == ""
    assert fuzz.fault_of(edit, 422, changed=True) == "the journal changed"
    assert fuzz.fault_of(fuzz.Asked("GET", "/"), 200, changed=True) == "the journal changed"
    assert fuzz.fault_of(edit, 500, changed=False) == "status 500"


def test_a_body_that_is_cut_off_is_refused(browser):
    client, address, journal = browser
    before = journal.read_bytes()
    edit = b'{"expect": 0, "edit": {"type": "accept", "start_s": 0, "stop_s": 30}}'
    answer = client.ask("POST", f"{address}/edit", JSON, edit, cut=True)
    assert (answer.status_code, answer.json()["error"]) == (400, "the body was cut off")
    assert journal.read_bytes() == before
