"""What the server tells of montages and derivations, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest

from tests.unit.review.servers import REFERENTIAL, SAME, client_of, opened, scored, write_night


@pytest.fixture(scope="module")
def looked(tmp_path_factory):
    """Give a browser with a referential recording open, and what is told of that."""
    folder = tmp_path_factory.mktemp("referential")
    path = write_night(folder / "night.edf", eeg=REFERENTIAL)
    scored(path, folder)
    client, hub = client_of(path, folder=folder)
    address = opened(client)
    yield client, address, client.get(address).json()
    hub.close()


def ids_of(about):
    return {one["label"]: one["id"] for one in about["electrodes"]}


def derivation(looked, plus, minus=""):
    client, address, about = looked
    ids = ids_of(about)
    query = {"plus": ids.get(plus, plus), "minus": ids.get(minus, minus)}
    return client.get(f"{address}/derivation", params=query)


def test_every_row_of_every_montage_is_a_channel(looked):
    _, _, about = looked
    channels = {one["id"]: one for one in about["channels"]}
    names = [one["name"] for one in about["montages"]]
    assert names == ["scored", "recorded", "contralateral", "linked", "bipolar", "average"]
    for montage in about["montages"]:
        groups = [channels[one]["group"] for one in montage["channels"]]
        assert groups[:2] == ["leg", "leg"]
        assert "ECG" in groups
    first = about["montages"][0]["channels"]
    assert first == [one["id"] for one in about["channels"] if one["shown"]]
    assert ids_of(about).keys() == {*REFERENTIAL, "Left Leg", "Right Leg", "ECG"}


def test_a_derived_channel_says_what_it_is_made_of(looked):
    _, _, about = looked
    told = {one["label"]: one["made_of"] for one in about["channels"] if one["derived"]}
    assert told["C3-M1M2"] == "C3 less the mean of M1, M2"
    assert told["F3-C3"] == "F3 less C3"
    assert all(one["made_of"] == "" for one in about["channels"] if not one["derived"])


def test_a_derivation_of_ones_own_can_be_drawn(looked):
    client, address, about = looked
    track = derivation(looked, "F4", "O1").json()
    assert (track["label"], track["group"], track["derived"]) == ("F4-O1", "EEG", True)
    like = next(one for one in about["channels"] if one["label"] == "F3-C3")
    assert (track["filter"], track["range"]) == (like["filter"], like["range"])
    tiles = {}
    for name in (track["id"], ids_of(about)["F4"], ids_of(about)["O1"]):
        query = f"channels={name}&start=60&span=1&px=512&filter=off"
        data = client.get(f"{address}/tile?{query}").content
        tiles[name] = np.frombuffer(data, "<f4", offset=32).reshape(2, 512).mean(axis=0)
    own, plus, minus = tiles.values()
    assert np.abs(own - (plus - minus)).max() < 1e-4
    assert np.ptp(own) > 10


def test_plus_alone_is_the_channel_as_it_is_stored(looked):
    track = derivation(looked, "F4").json()
    assert (track["id"], track["derived"]) == (ids_of(looked[2])["F4"], False)


@pytest.mark.parametrize(
    ("plus", "minus", "status", "said"),
    [
        ("C3", "C3", 422, "C3-C3 is nothing: choose two different channels"),
        ("C3", "c999", 404, "there is no such channel"),
        ("", "C3", 404, "there is no such channel"),
        ("../c0", "", 404, "there is no such channel"),
    ],
)
def test_what_cannot_be_combined_is_refused(looked, plus, minus, status, said):
    answer = derivation(looked, plus, minus)
    assert (answer.status_code, answer.json()["error"]) == (status, said)


@pytest.mark.parametrize(
    ("names", "status"),
    [
        ("{C3}-{C3}", 422),
        ("{C3}-c999", 404),
        ("{C3}-", 404),
        ("-{C3}", 404),
        ("{C3}-{M2}-{M1}", 404),
        ("{C3}--{M2}", 404),
    ],
)
def test_a_page_of_a_derivation_that_is_none(looked, names, status):
    client, address, about = looked
    query = f"channels={names.format(**ids_of(about))}&start=0&span=30&px=10"
    assert client.get(f"{address}/tile?{query}").status_code == status


def test_a_leg_movement_seen_on_a_derivation_carries_its_name(looked):
    client, address, _ = looked
    own = derivation(looked, "Left Leg", "Right Leg").json()["id"]
    n = client.get(f"{address}/state").json()["n"]
    add = {"type": "add", "start_s": 10, "stop_s": 12, "kind": "LM:left", "channel": own}
    document = {"expect": n, "edit": add, "why": ""}
    answer = client.post(f"{address}/edit", json=document, headers=SAME)
    assert answer.status_code == 200
    (entry,) = client.get(f"{address}/history").json()["entries"]
    assert entry["edit"]["channel"] == "Left Leg-Right Leg"
    wrong = document | {"expect": n + 1, "edit": add | {"kind": "LM:right"}}
    answer = client.post(f"{address}/edit", json=wrong, headers=SAME)
    assert answer.status_code == 422


def test_movements_are_on_the_channel_they_were_scored_on_in_every_montage(looked):
    client, address, about = looked
    state = client.get(f"{address}/state").json()
    on = {
        channel
        for kind, channel in zip(state["events"]["kind"], state["events"]["channel"], strict=True)
        if kind.startswith("LM:") and channel
    }
    assert len(on) == 2
    for montage in about["montages"]:
        assert on <= set(montage["channels"]), montage["name"]
