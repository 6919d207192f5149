"""Maps users write: montages, what cannot be subtracted, and the map that check writes."""

from __future__ import annotations

import tomllib

import pytest
from edf_bytes import Row, edf_bytes, leg_row
from hypothesis import example, given
from hypothesis import strategies as st

from psgscore.cli import main
from psgscore.errors import ConfigError
from psgscore.io.channel_apply import Stated, apply_channel_map
from psgscore.io.channel_user import read_channel_map
from psgscore.io.channel_write import channel_map_toml
from psgscore.io.channels import derive, map_channels
from psgscore.io.staging_channels import choose_staging_channels
from tests.unit.channel_nights import mapped_night, night_of

LABELS = ("C3", "C4", "O1", "M1", "M2", "E1", "E2", "EMG1", "EMG2", "EMG3", "LAT", "RAT", "Box")


def mapped(night, folder, text):
    """Return the recording with a map of that text."""
    path = folder / "map.toml"
    path.write_text(text, "utf-8")
    return night.mapped(map_channels(night.channels, read_channel_map(path)))


def names(derivations):
    return [one.name for one in derivations]


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        pytest.param('"C4-M1" = ["C4", "M1"]', "C4-M1", 2 - 8, id="one reference"),
        pytest.param('"C3-linked" = ["C3", "M1", "M2"]', "C3-linked", 1 - 12, id="linked mastoids"),
        pytest.param('"C3" = ["C3"]', "C3", 1, id="as it is"),
        pytest.param('"by index" = ["#0", "#3"]', "by index", 1 - 8, id="by index"),
    ],
)
def test_a_montage_is_the_first_minus_the_mean_of_the_others(tmp_path, text, name, value):
    night = mapped(night_of(LABELS), tmp_path, f"[montage]\n{text}\n")
    (one,) = night.channel_map.montage
    signal = derive(night, one)
    assert (one.role, one.name, signal.label) == ("EEG", name, name)
    assert signal.samples.tolist() == [value] * 4


@pytest.mark.parametrize(
    ("text", "role", "value"),
    [
        ('"leg" = ["LAT", "M1", "M2"]', "leg:left", 1024 - 12),
        ('"chin" = ["EMG1", "EMG2"]\n[roles]\n"EMG1" = "chin"', "chin", 128 - 256),
    ],
)
def test_montages_of_the_muscles(tmp_path, text, role, value):
    night = mapped(night_of(LABELS), tmp_path, f"[montage]\n{text}\n")
    chosen = [*night.channel_map.legs, night.channel_map.chin]
    (one,) = [one for one in chosen if one is not None and one.role == role]
    assert derive(night, one).samples.tolist() == [value] * 4


def test_a_mean_in_a_derivation_has_a_name_of_its_labels(tmp_path):
    text = '[[derivations]]\nrole = "EEG"\nplus = "C3"\nminus = ["M1", "M2"]\n'
    (one,) = mapped(night_of(LABELS), tmp_path, text).channel_map.montage
    assert one.name == "C3-(M1+M2)/2"


def test_stated_eeg_and_eog_are_what_is_staged_from(tmp_path):
    text = '[montage]\n"O1-M2" = ["O1", "M2"]\n"eyes" = ["E1", "E2"]\n'
    found = choose_staging_channels(mapped(night_of(LABELS), tmp_path, text), 80.0)
    assert (names(found.eeg), found.eog.name, names(found.eyes)) == (["O1-M2"], "eyes", ["eyes"])


def test_of_several_stated_eeg_the_central_ones_come_first(tmp_path):
    text = '[montage]\n"O" = ["O1", "M2"]\n"A" = ["C3", "M1", "M2"]\n"B" = ["C4", "O1"]\n'
    found = choose_staging_channels(mapped(night_of(LABELS), tmp_path, text), 80.0)
    assert (names(found.eeg), names(found.onset_eeg)) == (["A"], ["O", "A"])


def test_a_stated_eeg_that_is_too_slow_is_not_replaced_by_another(tmp_path):
    night = night_of(LABELS, {"C3": {"rate_hz": 50.0}})
    found = choose_staging_channels(mapped(night, tmp_path, '[montage]\n"C3" = ["C3"]\n'), 80.0)
    assert found.eeg == ()


def test_a_derived_channel_of_unknown_label_takes_the_role(tmp_path):
    text = '[[derivations]]\nrole = "EEG"\nplus = "Box"\nminus = "M1"\n'
    found = mapped(night_of(LABELS), tmp_path, text).channels
    assert [c.role for c in found if c.label in ("Box", "M1")] == ["EEG:reference", "EEG"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('"X" = ["C5", "M1"]', r"\[montage\]: no channel 'C5', known are 'C3'"),
        (
            '"X" = ["Box", "M1"]',
            r"\[montage\] 'X': 'Box' has no role, .* say which under \[roles\]",
        ),
        ('"X" = ["M1", "M2"]', "'M1' has 'EEG:reference'"),
        ('"X" = ["C3", "C3"]', "names a channel twice"),
        ('"X" = ["C3", "M1", "M1"]', "names a channel twice"),
        ('"X" = []', r'write it as "C4-M1" = \["C4", "M1"\]'),
        ('"X" = "C3"', "must be a list, found 'C3'"),
        ('"X" = ["C3", 1]', "must be a text, found 1"),
        ('"X" = ["C3", "O1"]', "256 and 128 Hz and cannot be subtracted: choose channels of one"),
        ('"X" = ["C3", "M2"]', r"'uV' and 'AU' and cannot be subtracted: .* under \[units\]"),
        ('"X" = ["M2"]\n[roles]\n"M2" = "ignore"', "'M2' has 'ignore'"),
        (
            '"A" = ["LAT"]\n"B" = ["LAT", "RAT"]',
            r"more than one \[\[derivations\]\] for 'leg:left'",
        ),
        ('"A" = ["LAT"]\n[roles]\n"Box" = "leg:both"', "exclude each other"),
    ],
)
def test_a_montage_that_cannot_be_is_refused_with_a_remedy(tmp_path, text, says):
    night = night_of(LABELS, {"O1": {"rate_hz": 128.0}, "M2": {"unit": "AU"}})
    with pytest.raises(ConfigError, match=says) as caught:
        mapped(night, tmp_path, f"[montage]\n{text}\n")
    assert str(caught.value).startswith(str(tmp_path / "map.toml"))


def test_a_stated_unit_makes_channels_alike(tmp_path):
    night = night_of(LABELS, {"M2": {"unit": "AU"}})
    text = '[montage]\n"X" = ["C3", "M2"]\n[units]\n"M2" = "mV"\n'
    assert names(mapped(night, tmp_path, text).channel_map.montage) == ["X"]


# The map that check writes.

POOL = ("LAT", "RAT", "LAT1", "LAT2", "RAT1", "RAT2", "Leg 1", "Leg 2", "Legs", "Leg", "EMG",
        "EMG1", "EMG2", "EMG3", "Chin", "Chin 1", "Chin 2", "C3", "C4", "M1", "M2", "E1", "E2",
        "SpO2", "", 'a "b" \\', "Müde 睡眠", "x\ny\x7f", "#1", "[roles]", "k = 1 # n",
        "L Arm", "masseter")  # fmt: skip


def claims(night):
    found = night.channel_map
    return (
        [(c.label, c.role, c.effective_unit) for c in night.channels],
        [(one.name, one.role, one.keys) for one in (*found.legs, *found.montage)],
        found.chin and (found.chin.name, found.chin.keys),
        choose_staging_channels(night, 80.0).eeg,
    )


def again(night, folder, stated):
    return mapped(night, folder, channel_map_toml(night, stated, choose(night)))


def nameless(labels, index):
    return len(labels) > index and (not labels[index] or labels.count(labels[index]) > 1)


def choose(night):
    found = choose_staging_channels(night, 80.0)
    return [*found.eeg, *found.eyes]


def without_reasons(found):
    roles, derivations, chin, eeg = found
    return roles, derivations, chin, [(one.name, one.keys) for one in eeg]


@given(st.lists(st.sampled_from(POOL), max_size=7))
@example(["LAT", "RAT", "Legs"])
@example(["EMG", "EMG", "EMG"])
@example(["#1", "EMG", "EMG"])
@example(["Leg 1", "Leg 2", "C3", "M2", "x\ny\x7f", 'a "b" \\'])
def test_a_written_map_gives_the_same_roles_and_derivations(tmp_path_factory, labels):
    night = mapped_night(labels)
    if labels.count("#1") == 1 and labels[1:2] != ["#1"] and nameless(labels, 1):
        with pytest.raises(ConfigError, match="'#1' is the label of another channel"):
            channel_map_toml(night, Stated())
        return
    back = again(night, tmp_path_factory.mktemp("map"), Stated())
    assert without_reasons(claims(back)) == without_reasons(claims(night))


@pytest.mark.parametrize(
    "text",
    [
        '[roles]\n"Box" = "leg:left"\n"RAT" = "ignore"\n"C3" = "ECG"\n',
        '[units]\n"LAT" = "mV"\n"#12" = "V"\n',
        '[montage]\n"C4-L" = ["C4", "M1", "M2"]\n"E" = ["E1", "M2"]\n"leg" = ["RAT", "LAT"]\n',
        '[[derivations]]\nrole = "chin"\nplus = "EMG1"\nminus = "EMG2"\n'
        '[roles]\n"Box" = "leg:both"\n',
    ],
    ids=["roles", "units", "montage", "derivations"],
)
def test_what_the_user_stated_is_in_the_written_map(tmp_path, text):
    night = mapped(night_of(LABELS), tmp_path, text)
    stated = apply_channel_map(read_channel_map(tmp_path / "map.toml"), night.channels)
    (tmp_path / "again").mkdir()
    back = again(night, tmp_path / "again", stated)
    assert without_reasons(claims(back)) == without_reasons(claims(night))
    assert [c.stated_unit for c in back.channels] == [c.stated_unit for c in night.channels]


def test_what_was_chosen_for_staging_is_a_remark_ready_to_be_used(tmp_path):
    night = mapped_night(LABELS)
    text = channel_map_toml(night, Stated(), choose(night))
    start = text.index("# chosen for staging")
    lines = [line.removeprefix("# ") for line in text[start:].splitlines()]
    used = "\n".join(line for line in lines if not line.startswith("chosen"))
    assert tomllib.loads(used)["derivations"][0] == {
        "role": "EEG", "name": "C3-M2", "plus": "C3", "minus": ["M2"],
    }  # fmt: skip


def test_check_writes_the_map_and_reads_it_again(tmp_path, capsys):
    rows = [leg_row(2), leg_row(2, label="EMG x"), Row(label="Rätsel", data=[b"ab" * 10] * 2)]
    (tmp_path / "a.edf").write_bytes(edf_bytes(rows))
    args = ["check", str(tmp_path / "a.edf"), "--write-map", str(tmp_path / "map.toml")]
    assert main(args) == 0
    assert f"wrote {tmp_path / 'map.toml'}" in capsys.readouterr().out
    before = (tmp_path / "map.toml").read_bytes()
    assert main(args) == 2
    assert "is there already" in capsys.readouterr().err
    assert (tmp_path / "map.toml").read_bytes() == before
    second = ["--channels", str(tmp_path / "map.toml"), "--write-map", str(tmp_path / "two.toml")]
    assert main([*args[:2], *second]) == 0
    keep = [line.partition("  #")[0] for line in before.decode().splitlines() if line[:1] != "#"]
    two = (tmp_path / "two.toml").read_text("utf-8").splitlines()
    assert [line.partition("  #")[0] for line in two if line[:1] != "#"] == keep
