"""The server as a process: one address on stdout, killed in the middle, gone when idle."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import sys
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from tests.unit.review.servers import until


class Client:
    """A browser with a real connection."""

    def __init__(self, url):
        parts = urlsplit(url)
        self.host, self.cookie = parts.netloc, ""
        status, headers, _ = self.ask("GET", f"{parts.path}?{parts.query}")
        assert status == 303
        self.cookie = headers["set-cookie"].partition(";")[0]
        self.headers = headers

    def ask(self, method, address, document=None, **headers):
        connection = http.client.HTTPConnection(self.host, timeout=60)
        body = None if document is None else json.dumps(document)
        own = {"Cookie": self.cookie, "Content-Type": "application/json"}
        if method == "POST":
            own |= {"Origin": f"http://{self.host}", "Sec-Fetch-Site": "same-origin"}
        connection.request(method, address, body, own | headers)
        answer = connection.getresponse()
        found = answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        connection.close()
        return found

    def json(self, method, address, document=None):
        return json.loads(self.ask(method, address, document)[2])

    def opened(self):
        (row,) = self.json("GET", "/api/recordings")["recordings"]
        address = f"/api/recordings/{row['rid']}"
        until(lambda: self.json("GET", f"{address}/status")["state"] == "ready")
        return address


@contextmanager
def server(path, folder, *options, stderr=None):
    command = [sys.executable, "-m", "psgscore", "review", str(path), "-o", str(folder)]
    with subprocess.Popen(
        [*command, "--no-browser", *options], stdout=subprocess.PIPE, stderr=stderr, text=True
    ) as process:
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def test_killed_in_the_middle_nothing_is_lost(night, folder):
    path, _ = night
    with server(path, folder, "--reviewer", "A") as (process, url):
        client = Client(url)
        assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(
            client.headers["set-cookie"].split("; ")
        )
        address = client.opened()
        for number in range(3):
            edit = {"type": "remove", "id": f"e{number}"}
            client.json("POST", f"{address}/edit", {"expect": number, "edit": edit})
        before = client.json("GET", f"{address}/state")
        process.kill()
        process.wait(60)
    with server(path, folder) as (process, url):
        client = Client(url)
        address = client.opened()
        after = client.json("GET", f"{address}/state")
        assert (after["n"], after["events"]) == (3, before["events"])
        assert [one["now"] for one in after["indices"]] == [one["now"] for one in before["indices"]]
        codes = {one["code"] for one in client.json("GET", address)["findings"]}
        assert "review.lock-taken-over" in codes
        assert client.ask("GET", "/api/about", Host="evil.example")[0] == 403
        assert client.ask("POST", "/api/quit", {}, Origin="http://evil.example")[0] == 403
        assert client.ask("GET", "/" + "a" * 60_000)[0] in (400, 414, 431)
        assert client.ask("GET", "/api/about")[0] == 200
        client.json("POST", "/api/quit", {})
        assert process.wait(60) == 0
        assert process.stdout.read() == ""  # one line, the address, is all there is
    assert not (folder / "night.review.lock").exists()


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_ctrl_c_and_a_request_to_end_end_it_without_a_word(night, folder, name):
    with server(night[0], folder, stderr=subprocess.PIPE) as (process, url):
        Client(url).opened()
        process.send_signal(getattr(signal, name))
        assert process.wait(60) == 0
        assert process.stderr.read() == ""
    assert not (folder / "night.review.lock").exists()


def test_a_recording_without_a_sample_says_why(tmp_path):
    path = tmp_path / "a.edf"
    path.write_bytes(b"0" * 300)
    with server(path, tmp_path) as (_, url):
        client = Client(url)
        (row,) = client.json("GET", "/api/recordings")["recordings"]
        address = f"/api/recordings/{row['rid']}/status"
        until(lambda: client.json("GET", address)["state"] == "failed")
        assert "a.edf: not scorable" in client.json("GET", address)["error"]
        assert client.ask("GET", "/api/about")[0] == 200


def test_it_leaves_when_nobody_looks(night, folder):
    with server(night[0], folder, "--idle-minutes", "0.01") as (process, url):
        assert url.startswith("http://127.0.0.1:")
        assert process.wait(120) == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--host", "0.0.0.0"], "--anyone-may-connect"),
        (["--blind"], "--reviewer"),
        (["--at", "teatime"], "no moment"),
    ],
)
def test_what_makes_no_sense_ends_at_once(night, folder, options, said):
    command = [sys.executable, "-m", "psgscore", "review", str(night[0]), "-o", str(folder)]
    done = subprocess.run(
        [*command, "--no-browser", *options], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""


def test_resting_levels_and_a_recording_nobody_scored(night, tmp_path):
    with server(night[0], tmp_path) as (_, url):
        client = Client(url)
        address = client.opened()
        until(lambda: client.json("GET", f"{address}/levels")["ready"])
        levels = client.json("GET", f"{address}/levels")["levels"]
        assert [one["channel"] for one in levels] == ["c0", "c1"]
        (piece,) = levels[0]["pieces"]
        assert len(piece["rest_uv"]) * piece["step_s"] == pytest.approx(2400, abs=3)
        assert 0.4 < sorted(piece["rest_uv"])[600] < 3
        state = client.json("GET", f"{address}/state")
        assert state["events"]["kind"].count("LM:left") == 60
    assert (tmp_path / "night.review.base.json").exists()
