"""The montages a recording permits, by its labels; nothing is made that is not recorded."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psgscore.errors import ChannelError
from psgscore.io.channels import derive
from psgscore.model.criteria import DETECTION
from psgscore.review.catalog import Catalog
from psgscore.review.display_filters import as_scored
from psgscore.review.tracks import MOST_TRACKS
from tests.unit.channel_nights import mapped_night

LEGS = ("Left Leg", "Right Leg")
SCALP = ("F3", "F4", "C3", "C4", "O1", "O2")
EYES, EARS = ("E1", "E2"), ("M1", "M2")
REST = ("Chin1-Chin2", "ECG", "Flow", "SpO2")
FULL = (*LEGS, *SCALP, *EYES, *EARS, *REST)


def shown(labels, changes=None):
    """Return what every montage of a recording shows, by the name of the montage."""
    catalog = Catalog.of(mapped_night(labels, changes))
    return {
        one.name: [catalog.track(track).derivation.name for track in one.channels]
        for one in catalog.montages
    }


def test_a_referential_recording_has_every_montage():
    found = shown(FULL)
    assert [*found] == ["scored", "recorded", "contralateral", "linked", "bipolar", "average"]
    around = [*LEGS], [*REST]
    eeg = {name: rows[len(LEGS) : -len(REST)] for name, rows in found.items()}
    for name, rows in found.items():
        if name != "recorded":
            assert (rows[: len(LEGS)], rows[-len(REST) :]) == around, name
    assert eeg["contralateral"] == [
        *("F3-M2", "F4-M1", "C3-M2", "C4-M1", "O1-M2", "O2-M1"),
        *("E1-M2", "E2-M2"),
    ]
    assert eeg["linked"] == [f"{one}-M1M2" for one in (*SCALP, *EYES)]
    scored_eyes = ["E1-M2", "E2-M1"]
    assert eeg["bipolar"] == ["F3-C3", "C3-O1", "F4-C4", "C4-O2", *scored_eyes]
    assert eeg["average"] == [*(f"{one}-avg" for one in SCALP), *scored_eyes]
    assert found["recorded"] == [*LEGS, *SCALP, *EYES, *REST, *EARS]


def test_the_first_montage_is_what_is_scored():
    catalog = Catalog.of(mapped_night(FULL))
    usual = [one.id for one in catalog.tracks if one.shown]
    assert [*catalog.montages[0].channels] == usual


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        pytest.param(["C3-M2", "C4-M1", "E1-M2"], [], id="derived by the recorder"),
        pytest.param(["C3", "C4", "M1", "M2"], ["contralateral", "linked"], id="central and ears"),
        pytest.param(["C3", "M1"], [], id="no other ear"),
        pytest.param(["C3", "M2"], ["contralateral"], id="one ear"),
        pytest.param(["C3", "A2"], ["contralateral"], id="A for M"),
        pytest.param(["C3", "A1", "A2"], ["contralateral", "linked"], id="both A"),
        pytest.param(["E1", "E2", "M1", "M2"], [], id="eyes alone are no EEG"),
        pytest.param(["F3", "C3"], ["bipolar"], id="two neighbours"),
        pytest.param(["F3", "O1"], [], id="no neighbours"),
        pytest.param(["C3", "C4", "O1"], ["bipolar"], id="three are no average"),
        pytest.param(["C3", "C4", "F3", "F4"], ["bipolar", "average"], id="four are"),
        pytest.param(["C3-Ref", "M2"], [], id="another reference"),
        pytest.param(["C3-Ref", "M2-Ref"], ["contralateral"], id="one reference"),
        pytest.param(["C3", "C3", "M2"], [], id="which C3 is not told"),
    ],
)
def test_a_montage_is_offered_where_its_electrodes_are(labels, names):
    assert [*shown(labels)] == ["scored", "recorded", *names]


@pytest.mark.parametrize(
    "change", [{"rate_hz": 128.0}, {"unit": "mV"}, {"unit": "%"}, {"n_samples": 5}]
)
def test_what_is_recorded_otherwise_is_not_subtracted(change):
    found = shown(FULL, {"M2": change})
    assert [one for one in found["contralateral"] if one in ("F4-M1", "F3-M2")] == ["F4-M1"]
    assert "linked" not in found
    assert "average" in found


def test_parietal_and_midline_neighbours():
    labels = ["Fp1", "F3", "C3", "P3", "O1", "Fz", "Cz", "Oz"]
    assert shown(labels)["bipolar"] == [
        *("Fp1-F3", "F3-C3", "C3-P3", "P3-O1"),
        *("Fz-Cz", "Cz-Oz"),
    ]


def test_the_average_is_over_what_is_recorded_alike():
    rows = shown(FULL, {"O1": {"rate_hz": 128.0}})["average"]
    assert [one for one in rows if one.endswith("-avg")] == [
        f"{one}-avg" for one in SCALP if one != "O1"
    ]


def test_pairs_of_the_file_stay_unless_their_electrode_is_derived_anyway():
    found = shown(["C3", "C4", "M1", "M2", "C3-M2", "Fz-M1", "EEG"])
    assert found["linked"] == ["C3-M1M2", "C4-M1M2", "Fz-M1", "EEG"]


@pytest.mark.parametrize(
    ("montage", "name", "value"),
    [
        ("contralateral", "C3-M2", 1 - 32),
        ("linked", "C4-M1M2", 2 - (16 + 32) / 2),
        ("bipolar", "C3-O1", 1 - 4),
        ("average", "C3-avg", 1 - (1 + 2 + 4 + 8) / 4),
    ],
)
def test_a_row_is_its_electrode_less_the_mean_of_the_others(montage, name, value):
    night = mapped_night(["C3", "C4", "O1", "O2", "M1", "M2"])
    catalog = Catalog.of(night)
    (found,) = [one for one in catalog.montages if one.name == montage]
    tracks = {catalog.track(one).derivation.name: catalog.track(one) for one in found.channels}
    assert derive(night, tracks[name].derivation).samples.tolist() == [value] * 4


def test_rows_are_drawn_as_their_group_is():
    catalog = Catalog.of(mapped_night(FULL))
    tracks = {one.derivation.name: one for one in catalog.tracks}
    assert tracks["F3-C3"].filter == tracks["C3"].filter
    assert tracks["F3-C3"].height == tracks["C3"].height
    assert tracks["E1-M1M2"].group == "EOG"
    assert len({one.id for one in catalog.tracks}) == len(catalog.tracks)


def test_a_page_can_hold_every_montage():
    most = {"F": 10, "T": 10, "P": 10, "C": 6, "FC": 6, "CP": 6, "O": 2}
    scalp = [f"{region}{k}" for region, last in most.items() for k in range(1, last + 1)]
    scalp += [f"{region}{k}" for region in ("AF", "PO") for k in (3, 4, 7, 8)]
    scalp += ["Fp1", "Fp2", "Fz", "Cz", "Pz", "Oz"]
    catalog = Catalog.of(mapped_night([*LEGS, *scalp, *REST]))
    every = len(LEGS) + len(scalp) + len(REST)
    assert every > MOST_TRACKS
    found = {one.name: one for one in catalog.montages}
    for name, title in (("recorded", "As recorded"), ("average", "Average")):
        names = [catalog.track(one).derivation.name for one in found[name].channels]
        assert len(names) == MOST_TRACKS
        assert (names[: len(LEGS)], names[-len(REST) :]) == ([*LEGS], [*REST])
        assert found[name].title == f"{title} ({MOST_TRACKS} of {every} rows)"


@given(
    labels=st.lists(st.sampled_from([*FULL, "Fp1", "Cz", "Oz", "P3", "C3-M2", "A1", "C3-Ref"])),
    slow=st.sets(st.sampled_from(FULL)),
    other=st.sets(st.sampled_from(FULL)),
)
def test_no_montage_subtracts_what_is_not_alike(labels, slow, other):
    changes = {one: {"rate_hz": 128.0} for one in slow} | {one: {"unit": "mV"} for one in other}
    catalog = Catalog.of(mapped_night(labels, changes))
    scored = {one.id for one in catalog.tracks if one.shown}
    channels = catalog.recording.channels
    for montage in catalog.montages:
        assert len({*montage.channels}) == len(montage.channels) <= MOST_TRACKS
        for row in map(catalog.track, montage.channels):
            parts = [channels[key] for key in row.derivation.keys]
            if row.id not in scored:
                assert len({(one.rate_hz, one.unit) for one in parts}) == 1
                assert len({"Ref" in one.label for one in parts}) == 1


@pytest.mark.parametrize(
    ("held", "height"),
    [
        pytest.param((-3276.8, 3276.7), 30.0, id="a file that could hold thousands of per cent"),
        pytest.param((80.0, 100.0), 20.0, id="a file that holds less"),
    ],
)
def test_a_fall_of_the_saturation_is_seen(held, height):
    changes = {"SpO2": {"unit": "%", "physical_range": held}}
    tracks = Catalog.of(mapped_night(FULL, changes)).tracks
    assert [one.height for one in tracks if one.derivation.name == "SpO2"] == [height]


# -- a derivation of one's own ----------------------------------------------------------------


@pytest.fixture(scope="module")
def full():
    changes = {"E2": {"rate_hz": 128.0}, "Flow": {"unit": "L/s"}, "SpO2": {"unit": "%"}}
    catalog = Catalog.of(mapped_night(FULL, changes))
    ids = {one.derivation.name: one.id for one in catalog.tracks if not one.derivation.minus}
    return SimpleNamespace(catalog=catalog, ids=ids)


def test_what_can_be_combined_are_the_voltages_as_stored(full):
    labels = [one.derivation.name for one in full.catalog.electrodes]
    assert labels == [one for one in FULL if one not in ("Flow", "SpO2")]


@pytest.mark.parametrize(
    ("plus", "minus", "role", "value"),
    [
        ("F3", "O2", "EEG", 4 - 128),
        ("M2", "M1", "EEG:reference", 2048 - 1024),
        ("E1", "C3", "EOG", 256 - 16),
        ("Left Leg", "Right Leg", "leg:left", 1 - 2),
        ("F3", "", "EEG", 4),
    ],
)
def test_one_channel_less_another(full, plus, minus, role, value):
    track = full.catalog.derivation(full.ids[plus], full.ids[minus] if minus else "")
    assert track.derivation.name == (f"{plus}-{minus}" if minus else plus)
    assert track.derivation.role == role
    samples = derive(full.catalog.recording, track.derivation).samples
    assert samples.tolist() == [value] * 4
    own = full.catalog.track(full.ids[plus])
    assert (track.filter, track.height, track.group) == (own.filter, own.height, own.group)
    assert full.catalog.track(track.id) == track
    if plus == "Left Leg":
        assert track.filter == as_scored(DETECTION)


@pytest.mark.parametrize(
    ("plus", "minus", "said"),
    [
        ("E1", "E2", "'E1' has 256 Hz and 'E2' 128 Hz, and they cannot be subtracted"),
        ("C3", "C3", "C3-C3 is nothing"),
        ("Flow", "C3", "'Flow' is in 'L/s', which is no voltage known"),
        ("C3", "Flow", "'Flow' is in 'L/s', which is no voltage known"),
        ("Flow", "", "no voltage known"),
    ],
)
def test_what_cannot_be_combined_is_refused_and_why(full, plus, minus, said):
    with pytest.raises(ChannelError, match=said):
        full.catalog.derivation(full.ids[plus], full.ids[minus] if minus else "")


def test_a_derivation_is_not_combined_again(full):
    derived = next(one.id for one in full.catalog.tracks if one.derivation.minus)
    with pytest.raises(ChannelError, match="is a derivation already"):
        full.catalog.derivation(full.ids["C3"], derived)


@pytest.mark.parametrize("identifier", ["", "-", "c0-", "-c0", "c999", "c0-c999", "c0-c1-c2", "C0"])
def test_an_id_that_is_none_is_not_guessed_at(full, identifier):
    with pytest.raises(KeyError):
        full.catalog.track(identifier)


def test_no_channel_without_samples_can_be_combined():
    catalog = Catalog.of(mapped_night(["C3", "C4"], {"C4": {"rate_hz": 0.0}}))
    assert [one.derivation.name for one in catalog.electrodes] == ["C3"]
