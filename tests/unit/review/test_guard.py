"""Who is refused, and that the server goes on after every refusal."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from psgscore.errors import UsageError
from psgscore.review.binding import Binding
from psgscore.review.edits import Add, Undo
from psgscore.review.entries import entry_line
from psgscore.review.guard import Access
from psgscore.review.journal import Journal
from psgscore.review.rescoring import base_of, base_sha256
from psgscore.review.server import Address, listen
from psgscore.review.static_files import static_files
from tests.unit.review.asgi import Browser
from tests.unit.review.journals import entries
from tests.unit.review.servers import HOSTILE, ORIGIN, SAME, client_of, opened, scored, write_night


def alive(client):
    return client.get("/api/about").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1"},
        {"Host": "127.0.0.1:9998"},
        {"Host": "127.0.0.1:9999.evil.example"},
        {"Host": None},
        {"Host": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_reading_is_refused_to_others(browser, headers):
    client, address, _ = browser
    for place in ("/", "/api/about", f"{address}/state", "/static/index.html"):
        answer = client.get(place, headers=headers)
        assert answer.status_code == 403
        assert b"events" not in answer.content
    assert alive(client)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": ORIGIN},
        {"Sec-Fetch-Site": "same-origin"},
        {"Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "null", "Sec-Fetch-Site": "same-origin"},
        {"Origin": f"https://{ORIGIN.removeprefix('http://')}", "Sec-Fetch-Site": "same-origin"},
        {"Origin": ORIGIN, "Sec-Fetch-Site": "cross-site"},
        {"Origin": ORIGIN, "Sec-Fetch-Site": "none"},
    ],
)
def test_changing_is_refused_to_other_sites(browser, headers):
    client, address, journal = browser
    before = journal.read_bytes()
    document = {"expect": 0, "edit": {"type": "accept", "start_s": 0, "stop_s": 1}}
    for place in ("edit", "sign", "reopen", "open"):
        answer = client.post(f"{address}/{place}", json=document, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert client.post("/api/quit", json={}, headers=headers).status_code == 403
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        assert client.ask(method, "/api/about", headers).status_code == 403
    assert journal.read_bytes() == before
    assert alive(client)


@pytest.mark.parametrize(
    "cookie", ["", "psgscore_review=", "psgscore_review=x", "x\x01;;=,", "a=b"]
)
def test_without_the_cookie_nothing_is_told(browser, cookie):
    client, address, _ = browser
    mine, client.cookie = client.cookie, cookie
    for place in ("/", "/api/recordings", f"{address}/tile", "/static/index.html"):
        assert client.get(place).json()["code"] == "not-admitted"
    assert client.post("/api/quit", json={}, headers=SAME).status_code == 401
    client.cookie = mine
    assert alive(client)


def test_the_address_opens_once():
    access = Access(hosts=frozenset())
    token = access.token
    assert len(token) >= 43  # 256 bits
    assert access.admit("x") is None
    assert access.admit("") is None
    cookie = access.admit(token)
    assert cookie
    assert cookie != token
    assert access.admit(token) is None
    assert access.admit("") is None
    assert access.knows(f"psgscore_review={cookie}")


def test_headers_of_every_answer(browser):
    client, address, _ = browser
    for place in ("/", "/api/about", f"{address}/state", "/nothing", "/static/none"):
        headers = client.get(place).headers
        assert headers["content-security-policy"].startswith(
            "default-src 'none'; script-src 'self'"
        )
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers


@pytest.mark.parametrize(
    "name",
    [
        "../app.py",
        "..%2fapp.py",
        "%2e%2e/app.py",
        "....//app.py",
        "/etc/passwd",
        "//etc/passwd",
        "index.html/../../app.py",
        "index.html\x00.js",
        "C:\\windows\\win.ini",
        "",
        ".",
        "a" * 9000,
    ],
)
def test_only_the_files_of_the_page_are_given(browser, name):
    client, _, _ = browser
    answer = client.get(f"/static/{name}")
    assert answer.status_code in (400, 404)
    assert b"import" not in answer.content
    assert alive(client)


def test_links_among_the_files_of_the_page_are_passed_over(tmp_path):
    (tmp_path / "page").mkdir()
    (tmp_path / "secret.js").write_text("secret", "utf-8")
    (tmp_path / "page/a.js").write_text("a", "utf-8")
    (tmp_path / "page/b.py").write_text("b", "utf-8")
    (tmp_path / "page/link.js").symlink_to(tmp_path / "secret.js")
    (tmp_path / "more").mkdir()
    (tmp_path / "more/c.js").write_text("c", "utf-8")
    (tmp_path / "page/folder").symlink_to(tmp_path / "more")
    assert list(static_files(tmp_path / "page")) == ["a.js"]


@pytest.mark.parametrize("rid", ["..", "x", "r0000000000000000", "r0/../r1", "%2e%2e", "e0'--"])
def test_recordings_that_are_not_offered(browser, rid):
    client, _, _ = browser
    for place in ("state", "tile", "why", "levels"):
        assert client.get(f"/api/recordings/{rid}/{place}").status_code == 404
    assert alive(client)


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b"\xff\xfe{}", 400),
        (b"[" * 60_000, 400),
        (b'{"expect": 0}', 400),
        (b'{"expect": "x", "edit": {"type": "undo"}}', 400),
        (b'{"expect": 0, "edit": "undo"}', 422),
        (b'{"expect": 0, "edit": {"type": ["undo"]}}', 422),
        (b'{"expect": 0, "edit": {"type": "accept", "start_s": NaN, "stop_s": 1}}', 422),
        (b'{"expect": 0, "edit": {"type": "undo"}, "why": "\\u0000"}', 422),
        (b'{"expect": 0, "edit": {"type": "undo"}, "why": "\\ud800"}', 422),
        (b'{"a": "' + b"x" * 70_000 + b'"}', 413),
    ],
)
def test_bodies_that_are_none(browser, content, status):
    client, address, journal = browser
    before = journal.read_bytes()
    answer = client.post(f"{address}/edit", headers=SAME, content=content)
    assert answer.status_code == status
    assert set(answer.json()) == {"error", "code"}
    assert journal.read_bytes() == before
    assert alive(client)


def test_a_form_is_no_edit(browser):
    client, address, _ = browser
    headers = SAME | {"Content-Type": "text/plain"}
    document = {"expect": 0, "edit": {"type": "accept", "start_s": 0, "stop_s": 1}}
    answer = client.post(f"{address}/edit", json=document, headers=headers)
    assert answer.status_code == 400


PLACES = ("tile", "state", "why", "history", "levels", "uncertain", "disagreements", "status", "")
NAMES = ("channels", "start", "span", "px", "filter", "since", "event", "rules", "from", "x")
WORDS = st.text(max_size=8) | st.sampled_from(
    ["c0", "0", "-1", "1e9", "nan", "inf", "30", "100", "off", "e0", "wasm-2016", "٣", "1_0"]
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    place=st.sampled_from(PLACES),
    query=st.dictionaries(st.sampled_from(NAMES), WORDS),
)
def test_no_query_brings_the_server_to_its_knees(browser, place, query):
    client, address, _ = browser
    answer = client.get(f"{address}/{place}".rstrip("/"), params=query)
    assert answer.status_code in (200, 400, 404)


def test_of_edits_at_once_one_wins(browser):
    client, address, journal = browser

    def try_it(_):
        other = Browser(client.app, client.host, client.cookie)
        edit = {"type": "accept", "start_s": 0, "stop_s": 30}
        document = {"expect": 0, "edit": edit}
        return other.post(f"{address}/edit", json=document, headers=SAME).status_code

    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(try_it, range(8)))
    assert sorted(codes) == [200] + [409] * 7
    assert len(journal.read_bytes().splitlines()) == 2


def test_hostile_labels_are_harmless(tmp_path):
    path = write_night(tmp_path / "a.edf", labels=(f"Left Leg{HOSTILE[:7]}", "Right Leg"))
    raw = bytearray(path.read_bytes())
    first = raw.index(b"Right Leg")
    raw[first : first + 16] = b"R Leg\x1b[2J</b>\x00\x07\x9f "[:16].ljust(16)
    path.write_bytes(bytes(raw))
    scored(path, tmp_path)
    client, hub = client_of(path, folder=tmp_path)
    address = opened(client)
    answer = client.get(address)
    assert answer.headers["content-type"] == "application/json"
    assert answer.content.isascii()
    labels = [one["label"] for one in answer.json()["channels"]]
    assert not any(
        ord(letter) < 32 or 127 <= ord(letter) < 160 for name in labels for letter in name
    )
    state = client.get(f"{address}/state").json()
    assert set(state["events"]["channel"]) <= {"", "c0", "c1", "c2", "c3"}
    hub.close()


def test_a_journal_of_many_edits_is_opened(night, folder):
    path, score = night
    binding = Binding(
        input_name=path.name,
        input_sha256=score.provenance.input_sha256,
        criteria_sha256=score.provenance.criteria_sha256,
        base_sha256=base_sha256(base_of(score)),
    )
    file = folder / "night.review.jsonl"
    Journal.open(file, binding).close()
    n = 20_000
    with file.open("ab") as stream:
        for k in range(1, n, 2):
            pair = entries(Add(1, 2, "arousal", HOSTILE), Undo(), first=k)
            stream.writelines(entry_line(one) for one in pair)
    client, hub = client_of(path, folder=folder)
    address = opened(client)
    assert client.get(f"{address}/state").json()["n"] == n
    entry = client.get(f"{address}/history?from={n - 1}").json()["entries"][0]
    assert entry["edit"]["channel"] == "<script>\ufffd"
    hub.close()


def test_a_damaged_journal_is_told_and_nothing_else_is_lost(night, folder):
    (folder / "night.review.jsonl").write_bytes(b"{}\n{}\n")
    client, hub = client_of(night[0], folder=folder)
    address = opened(client)
    status = client.get(f"{address}/status").json()
    assert status["state"] == "failed"
    assert "night.review.jsonl" in status["error"]
    assert client.get(f"{address}/state").json()["code"] == "not-ready"
    assert alive(client)
    hub.close()


def test_another_recording_under_the_same_name_is_not_edited(night, folder):
    other = folder / "night.edf"
    write_night(other, seed=2)
    client, hub = client_of(other, folder=folder)
    address = opened(client)
    document = {"expect": 0, "edit": {"type": "accept", "start_s": 0, "stop_s": 1}}
    answer = client.post(f"{address}/edit", json=document, headers=SAME)
    assert answer.status_code == 423
    assert "is not the file its score was made from" in answer.json()["error"]
    hub.close()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "example.org"])
def test_other_computers_are_let_in_only_when_asked(host):
    with pytest.raises(UsageError, match="--anyone-may-connect"):
        listen(Address(host=host))


def test_the_address_is_printed_with_its_token():
    listening, access, url = listen(Address())
    port = listening.getsockname()[1]
    listening.close()
    assert url == f"http://127.0.0.1:{port}/open?token={access.token}"
    assert access.hosts == {f"127.0.0.1:{port}", f"localhost:{port}"}
