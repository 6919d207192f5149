"""A third person between two scorers, from the command to the signed files."""

from __future__ import annotations

import json

import pytest

from psgscore.cli import main
from psgscore.errors import UsageError
from psgscore.io.score_read import read_score
from psgscore.options import Options
from psgscore.review_plan import Plan
from psgscore.review_work import row_of, run_review
from tests.unit.review.servers import SAME, client_of, opened

N2, N3 = 2, 3
LEFT = [(120.0, 122.0), (150.0, 152.0), (180.0, 182.0)]


def send(client, address, *edits):
    """Do edits one after the other; return the last answer."""
    for edit in edits:
        n = client.get(f"{address}/state").json()["n"]
        answer = client.post(f"{address}/edit", json={"expect": n, "edit": edit}, headers=SAME)
        assert answer.status_code == 200, answer.json()
    return answer.json()


def add(start_s, stop_s, kind="LM:left"):
    return {"type": "add", "start_s": start_s, "stop_s": stop_s, "kind": kind, "channel": ""}


def sign(client, address, by):
    n = client.get(f"{address}/state").json()["n"]
    return client.post(f"{address}/sign", json={"expect": n, "by": by}, headers=SAME)


@pytest.fixture
def two(night, folder):
    """Give the journals of two blind scorers who differ in a stage and in two movements."""
    journals = []
    for name, stage, spans in (("Ann", N2, LEFT[:2]), ("Bob", N3, LEFT[1:])):
        client, hub = client_of(night[0], folder=folder, reviewer=name, blind=True)
        address = opened(client)
        stages = {"type": "restage", "first_epoch": 0, "stages": [N2] * 79 + [stage]}
        send(client, address, stages, *(add(*span) for span in spans))
        hub.close()
        journals.append(folder / f"night.{name}.review.jsonl")
    return tuple(journals)


def deciding(night, folder, two, **more):
    return client_of(night[0], folder=folder, reviewer="Cleo", adjudicate=two, **more)


def items_of(client, address):
    return client.get(f"{address}/disagreements").json()["items"]


def test_from_two_journals_to_signed_files(night, folder, two):
    before = [one.read_bytes() for one in two]
    client, hub = deciding(night, folder, two)
    address = opened(client)
    state = client.get(f"{address}/state").json()
    kinds = [kind for kind in state["events"]["kind"] if not kind.startswith("lights")]
    assert kinds == ["LM:left"]
    assert state["hypnogram"]["stages"] == [N2] * 79 + [-1]
    assert state["adjudication"]["undecided"] == 3
    items = items_of(client, address)
    assert [one["text"] for one in items] == [
        "only Ann: LM:left",
        "only Bob: LM:left",
        "Ann: N2, Bob: N3",
    ]
    assert client.get(f"{address}/disagreements").json()["others"] == [
        {"name": "Ann"},
        {"name": "Bob"},
    ]
    # Ann's movement is taken over, Bob's dismissed, and the last epoch is what Bob says.
    claim = items[0]["claims"][0]
    dismissed = {key: items[1][key] for key in ("start_s", "stop_s", "kind")}
    state = send(
        client,
        address,
        add(claim["start_s"], claim["stop_s"]),
        {"type": "dismiss", **dismissed},
    )
    assert [one["text"] for one in items_of(client, address)] == ["Ann: N2, Bob: N3"]
    assert (state["adjudication"]["open_events"], state["adjudication"]["open_epochs"]) == (0, 1)
    state = send(client, address, {"type": "restage", "first_epoch": 79, "stages": [N3]})
    assert state["adjudication"]["undecided"] == 0
    assert items_of(client, address) == []
    answer = sign(client, address, "Cleo")
    assert answer.status_code == 200, answer.json()
    hub.close()
    score = read_score(folder / "night.Cleo.adjudication.reviewed.score.json")
    assert score.events.of_kind("LM").spans.tolist() == [list(one) for one in LEFT[:2]]
    assert score.provenance.stage_source == (
        "adjudicated from Ann and Bob (79 epochs agreed, 3 of 3 differences decided)"
    )
    assert score.review.by == "Cleo"
    assert [one.read_bytes() for one in two] == before
    report = (folder / "night.Cleo.adjudication.reviewed.report.html").read_text("utf-8")
    for words in (
        "adjudicated from Ann and Bob",
        "Leg movements were not detected by psgscore",
        "leg movements as adjudicated",
    ):
        assert words in report


def test_what_is_left_undecided_is_in_the_signed_report(night, folder, two):
    client, hub = deciding(night, folder, two)
    address = opened(client)
    assert sign(client, address, "Cleo").status_code == 200
    hub.close()
    score = read_score(folder / "night.Cleo.adjudication.reviewed.score.json")
    assert len(score.events.of_kind("LM")) == 1
    assert score.hypnogram.stages[-1] == -1
    (told,) = [one for one in score.findings if one.code == "adjudication.undecided"]
    assert told.message == (
        "left undecided: 3 differences. For that 1 epoch unscored, 2 events not counted"
    )
    report = (folder / "night.Cleo.adjudication.reviewed.report.html").read_text("utf-8")
    assert "left undecided: 3 differences" in report


def test_it_goes_on_where_it_was_whichever_of_the_two_is_named_first(night, folder, two):
    client, hub = deciding(night, folder, two)
    send(client, opened(client), add(*LEFT[0]))
    hub.close()
    kept = (folder / "night.Cleo.adjudication.base.json").read_bytes()
    client, hub = deciding(night, folder, two[::-1])
    address = opened(client)
    assert [one["text"] for one in items_of(client, address)] == [
        "only Bob: LM:left",
        "Bob: N3, Ann: N2",
    ]
    hub.close()
    assert (folder / "night.Cleo.adjudication.base.json").read_bytes() == kept
    row = row_of(night[0], Plan(options=Options(), folder=folder, reviewer="Cleo", adjudicate=two))
    assert (row["state"], row["edits"], row["error"]) == ("draft", 1, "")


def failure(client):
    (row,) = client.get("/api/recordings").json()["recordings"]
    opened(client)
    return client.get(f"/api/recordings/{row['rid']}/status").json()["error"]


def test_a_scoring_that_changed_since_is_named(night, folder, two):
    client, hub = deciding(night, folder, two)
    opened(client)
    hub.close()
    journal = folder / "night.Cleo.adjudication.review.jsonl"
    begun = journal.read_bytes()
    lines = two[1].read_text().splitlines()
    more = {"n": len(lines), "at": "", "by": "Bob", "type": "remove", "id": "a2"}
    with two[1].open("a") as file:
        file.write(json.dumps(more) + "\n")
    client, hub = deciding(night, folder, two)
    said = failure(client)
    assert "night.Cleo.adjudication.review.jsonl: was begun when night.Bob.review.jsonl" in said
    assert "night.Ann" not in said
    assert journal.read_bytes() == begun
    hub.close()
    # What changes nothing of what is said does no harm: taken back, it goes on.
    with two[1].open("a") as file:
        file.write(json.dumps({"n": len(lines) + 1, "at": "", "by": "Bob", "type": "undo"}) + "\n")
    client, hub = deciding(night, folder, two)
    assert failure(client) == ""
    hub.close()


def test_an_adjudication_is_no_scoring_of_its_own(night, folder, two):
    client, hub = deciding(night, folder, two)
    opened(client)
    hub.close()
    made = folder / "night.Cleo.adjudication.review.jsonl"
    client, hub = client_of(night[0], folder=folder, reviewer="D", second=made)
    assert "is an adjudication, not a scoring of its own" in failure(client)
    hub.close()


def test_masked_scorers_are_a_and_b_in_an_order_of_their_own(night, folder, two):
    said = []
    for given in (two, two[::-1]):
        client, hub = deciding(night, folder, given, masked=True)
        address = opened(client)
        about = json.dumps([client.get(address).json(), client.get("/api/about").json()])
        said.append([one["text"] for one in items_of(client, address)])
        assert not any(name in about + json.dumps(said) for name in ("Ann", "Bob"))
        hub.close()
    assert said[0] == said[1]
    client, hub = deciding(night, folder, two, masked=True)
    assert sign(client, opened(client), "Cleo").status_code == 200
    hub.close()
    score = read_score(folder / "night.Cleo.adjudication.reviewed.score.json")
    assert {"Ann", "Bob"} <= set(score.provenance.stage_source.replace(",", " ").split())


def test_scoring_files_are_adjudicated_as_well(night, folder, two):
    other = folder / "other.csv"
    rows = ["kind,onset_s,duration_s", "LM:left,150,2", "LM:left,180,2", "LM:right,128,2"]
    other.write_text("\n".join([*rows, "lights_off,60,0"]), "utf-8")
    client, hub = deciding(night, folder, (two[0], other))
    address = opened(client)
    assert [one["text"] for one in items_of(client, address)] == [
        "only Ann: LM:left",
        "only other.csv: LM:left",
    ]
    findings = " ".join(one["message"] for one in client.get(address).json()["findings"])
    assert "only Ann gave any" in findings
    assert "LM:right is not put to adjudication" in findings
    assert "lights off is at 60 s here" in findings
    assert "is not signed" in findings
    assert sign(client, address, "Cleo").status_code == 200
    hub.close()
    score = read_score(folder / "night.Cleo.adjudication.reviewed.score.json")
    told = {one.code for one in score.findings}
    assert {"adjudication.lights", "adjudication.not-in-dispute", "review.not-signed"} <= told
    assert score.sleep is None


def test_nothing_can_be_dismissed_without_another_scorer(browser):
    client, address, journal = browser
    begun = journal.read_bytes()
    edit = {"type": "dismiss", "start_s": 1.0, "stop_s": 2.0, "kind": "LM:left"}
    answer = client.post(f"{address}/edit", json={"expect": 0, "edit": edit}, headers=SAME)
    assert (answer.status_code, journal.read_bytes()) == (422, begun)
    assert "no other scorer" in answer.json()["error"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        pytest.param({"reviewer": ""}, "needs a name: give --reviewer", id="nobody"),
        pytest.param({"blind": True}, "--adjudicate and --blind do not go", id="blind"),
        pytest.param({"second": "c.csv"}, "--adjudicate and --second do not go", id="second"),
        pytest.param({"adjudicate": ("a.csv", "./a.csv")}, "was given twice", id="one twice"),
        pytest.param({"adjudicate": None, "masked": True}, "give --adjudicate", id="masked alone"),
    ],
)
def test_plans_that_make_no_sense(tmp_path, more, said):
    given = {"reviewer": "C", "adjudicate": ("a.csv", "b.csv"), **more}
    if given["adjudicate"]:
        given["adjudicate"] = tuple(tmp_path / one for one in given["adjudicate"])
    if "second" in given:
        given["second"] = tmp_path / given["second"]
    with pytest.raises(UsageError, match=said):
        Plan(options=Options(), **given)


def test_a_folder_and_files_that_are_not_there(night, folder, tmp_path):
    plan = Plan(
        options=Options(), reviewer="C", adjudicate=(tmp_path / "a.csv", tmp_path / "b.csv")
    )
    with pytest.raises(UsageError, match=r"a\.csv"):
        run_review(night[0], plan, None, print)
    with pytest.raises(UsageError, match="give that recording"):
        run_review(night[0].parent, plan, None, print)


def test_the_command_says_what_does_not_go_together(night, capsys):
    command = ["review", str(night[0]), "--no-browser", "--reviewer", "C"]
    assert main([*command, "--adjudicate", "a.csv", "b.csv", "--blind"]) == 2
    assert "--adjudicate and --blind do not go together" in capsys.readouterr().err
    assert main([*command, "--adjudicate", "a.csv"]) == 2
