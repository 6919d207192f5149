"""Which one electrode a channel records: as its label reads, never a guess."""

from __future__ import annotations

from dataclasses import replace

import pytest

from psgscore.io.electrodes import electrodes_of, first_electrode
from tests.unit.channel_nights import mapped_night


def read(*labels, changes=None):
    found = electrodes_of(mapped_night(labels, changes).channels)
    return {one.channel.label: (one.name, one.reference) for one in found}


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("C3", ("C3", "")),
        ("EEG C3", ("C3", "")),
        ("EEG Fp1-REF", ("Fp1", "ref")),
        ("FPZ", ("Fpz", "")),
        ("cz-Ref", ("Cz", "ref")),
        ("T7-LE", ("T7", "le")),
        ("PO3-Avg", ("PO3", "avg")),
        ("M1", ("M1", "")),
        ("A2-Ref", ("A2", "ref")),
        ("EOG E1", ("E1", "")),
        ("E2-REF", ("E2", "ref")),
    ],
)
def test_one_electrode(label, said):
    assert read(label) == {label: said}


@pytest.mark.parametrize(
    "label",
    [
        *("C3-M2", "C3A2", "EEG C3-A2", "C3:A2", "F3-C3", "EEG Fpz-Cz", "C3-(M1+M2)/2", "C3-Cz"),
        *(
            "E1-M2",
            "E1-E2",
            "M1-M2",
            "LOC",
            "EOG1",
            "EOG-L",
            "EEG",
            "EEG(sec)",
            "Ref",
            "ECG",
            "Flow",
        ),
    ],
)
def test_what_is_a_pair_or_tells_no_electrode_is_none(label):
    assert read(label) == {}


def test_an_electrode_on_several_channels_is_not_told_apart():
    assert read("C3", "C4", "C3", "M2-Ref", "EEG M2") == {"C4": ("C4", "")}


def test_the_role_of_a_channel_decides_not_its_label_alone():
    night = mapped_night(["C3", "E1"])
    other = {"C3": "EOG", "E1": "EEG"}
    channels = [replace(one, role=other[one.label]) for one in night.channels]
    assert electrodes_of(channels) == ()


@pytest.mark.parametrize(
    ("change", "alike"),
    [
        ({}, True),
        ({"rate_hz": 128.0}, False),
        ({"unit": "mV"}, False),
        ({"n_samples": 5}, False),
    ],
)
def test_only_what_is_recorded_alike_may_be_subtracted(change, alike):
    one, other = electrodes_of(mapped_night(["C3", "M2"], {"M2": change}).channels)
    assert one.is_like(other) is alike


def test_other_references_are_not_alike():
    one, other = electrodes_of(mapped_night(["C3-Ref", "M2"]).channels)
    assert not one.is_like(other)


@pytest.mark.parametrize(
    ("label", "first"),
    [
        ("C3-M2", "C3"),
        ("EEG C3A2", "C3"),
        ("Fp2-F4", "Fp2"),
        ("E1-M2", "E1"),
        ("EEG", ""),
        ("", ""),
    ],
)
def test_the_first_electrode_of_a_pair(label, first):
    (channel,) = mapped_night([label]).channels
    assert first_electrode(channel) == first
