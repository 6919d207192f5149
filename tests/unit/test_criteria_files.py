"""Numbers of one's own for the detectors: what is printed reads back, what is wrong is named."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass, replace

import pytest

from psgscore import Options, score_recording
from psgscore.cli import main
from psgscore.errors import ConfigError
from psgscore.io.config import criteria_to_toml
from psgscore.io.edf_write import write_edf
from psgscore.io.rules import load_criteria
from psgscore.model.criteria import DETECTION, criteria_hash
from psgscore.model.movement_criteria import MOVEMENTS
from psgscore.simulate import FamilySettings, simulate_night

TABLES = {"detection": DETECTION} | {
    field.name: getattr(MOVEMENTS, field.name) for field in fields(MOVEMENTS)
}


def numbers(value, path=()):
    """Yield the path and value of every number below a dataclass."""
    for field in fields(value):
        item = getattr(value, field.name)
        if is_dataclass(item):
            yield from numbers(item, (*path, field.name))
        elif isinstance(item, int | float) and not isinstance(item, bool):
            yield (*path, field.name), item


EVERY = [(name, *path) for name, table in TABLES.items() for path, _ in numbers(table)]


def stated(path, text):
    """Return TOML that says one number."""
    return f"[{'.'.join(path[:-1])}]\n{path[-1]} = {text}\n"


def read(tmp_path, text):
    path = tmp_path / "mine.toml"
    path.write_text(text, "utf-8")
    return load_criteria(path)


def refusal(tmp_path, text):
    """Return why a file is refused, "" where it is not."""
    try:
        read(tmp_path, text)
    except ConfigError as error:
        return str(error)
    return ""


def moved(value):
    """Return a value that differs in every number its checks let move alone by a little."""
    for field in fields(value):
        item = getattr(value, field.name)
        try:
            if is_dataclass(item):
                value = replace(value, **{field.name: moved(item)})
            elif isinstance(item, float):
                value = replace(value, **{field.name: item * 1.01})
            elif type(item) is int:
                value = replace(value, **{field.name: item + 1})
        except ValueError:
            continue
    return value


@pytest.mark.parametrize("name", TABLES)
def test_a_printed_family_reads_back_equal(tmp_path, name):
    value = moved(TABLES[name])
    assert value != TABLES[name]
    detection, movements = read(tmp_path, criteria_to_toml(value, table=name))
    found = detection if name == "detection" else getattr(movements, name)
    assert found == value
    others = {key: table for key, table in TABLES.items() if key != name}
    kept = {key: getattr(movements, key, detection) for key in others}
    assert kept == others


def test_what_the_commands_print_reads_back_equal_from_one_file(tmp_path, capsys):
    assert main(["config", "show", "movements"]) == 0
    assert main(["config", "show", "detection"]) == 0
    assert read(tmp_path, capsys.readouterr().out) == (DETECTION, MOVEMENTS)


def test_an_empty_file_and_none_are_the_shipped_numbers(tmp_path):
    assert read(tmp_path, "") == load_criteria(None) == (DETECTION, MOVEMENTS)


@pytest.mark.parametrize("path", EVERY, ids=".".join)
def test_no_number_may_be_anything_else(tmp_path, path):
    for text in ("inf", "-inf", "nan", "'1'", "true"):
        said = refusal(tmp_path, stated(path, text))
        assert path[-1] in said, text
        assert f"[{path[0]}]" in said
        assert "\n" not in said


@pytest.mark.parametrize("path", [p for p in EVERY if p[-1] != "baseline_stop_s"], ids=".".join)
def test_no_number_may_be_below_0_that_is_not_meant_to(tmp_path, path):
    with pytest.raises(ConfigError, match="must be at least 0, found -1"):
        read(tmp_path, stated(path, "-1"))


@pytest.mark.parametrize("path", EVERY, ids=".".join)
def test_a_number_out_of_proportion_is_taken_or_refused_by_name(tmp_path, path):
    for text in ("0", "1000000"):
        said = refusal(tmp_path, stated(path, text))
        assert said == "" or said.startswith(f"{tmp_path / 'mine.toml'} [{path[0]}]")
        assert "division" not in said


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("[jerk]\njoin_s = 1", r"unknown key 'jerk', did you mean 'jerks'", id="table"),
        pytest.param("[detecton]", "did you mean 'detection'", id="typo of detection"),
        pytest.param(
            "[jerks]\njoin = 1", r"\[jerks\]: unknown key 'join', did you mean 'join_s'", id="key"
        ),
        pytest.param("min_movements = 5", "unknown key 'min_movements'", id="a rule set's key"),
        pytest.param("jerks = 1", r"\[jerks\]: must be a table, found 1", id="number for a table"),
        pytest.param("detection = 1", r"\[detection\]: must be a table", id="detection no table"),
        pytest.param(
            "[jerks.respiratory_window]\nanchor = 'ends'", "did you mean 'end'", id="choice"
        ),
        pytest.param(
            "[graphoelements]\nmuscle_hz = [25.0, inf]", "'muscle_hz': must be finite", id="pair"
        ),
        pytest.param(
            "[fragmentary]\nmin_duration_s = 0.2",
            r"\[fragmentary\]: min_duration_s > max_duration_s",
            id="two that do not go together",
        ),
        pytest.param(
            "[rem_atonia]\nmini_epoch_s = 0", "mini_epoch_s must be at least 1", id="no division"
        ),
        pytest.param("[heart]\nclearness_s = 0", "clearness_s must be above 0", id="no window"),
        pytest.param(
            "[detection]\nmedian_s = 1e6", "median_s above resting_window_s", id="endless window"
        ),
        pytest.param(
            "[detection.gate]\nmax_clipped_share = 5", "max_clipped_share must lie in", id="share"
        ),
    ],
)
def test_what_is_wrong_is_named_in_one_line(tmp_path, capsys, text, says):
    with pytest.raises(ConfigError, match=says):
        read(tmp_path, text)
    for command in ("score", "sit"):
        path = tmp_path / "mine.toml"
        assert main([command, "no.edf", "--criteria", str(path)]) == 2
        assert capsys.readouterr().err.count("\n") == 1


@pytest.fixture(scope="module")
def night(tmp_path_factory):
    """Return a night with every signal that is scored."""
    made = simulate_night(3, hours=1.0, family=FamilySettings())
    path = tmp_path_factory.mktemp("criteria") / "night.edf"
    write_edf(path, made.signals, start=made.start, hypnogram=made.hypnogram)
    return path


@pytest.fixture(scope="module")
def usual(night):
    return score_recording(night)


def test_a_changed_number_is_used_shown_and_hashed(tmp_path, capsys, night, usual):
    mine = tmp_path / "mine.toml"
    mine.write_text("[jerks]\nmin_peak_uv = 4000\n[detection]\nonset_rise_uv = 4000\n")
    arguments = ["score", str(night), "--criteria", str(mine), "-o", str(tmp_path), "--json"]
    assert main(arguments) == 0
    written = json.loads(capsys.readouterr().out)["provenance"]
    assert written["movements"]["jerks"]["min_peak_uv"] == 4000
    assert written["movements"]["jerks"]["join_s"] == MOVEMENTS.jerks.join_s
    assert written["detection"]["onset_rise_uv"] == 4000
    assert written["criteria_sha256"] != usual.provenance.criteria_sha256
    kinds = (tmp_path / "night.events.tsv").read_text("utf-8")
    assert usual.events.is_kind("jerk").any()
    assert usual.events.is_kind("LM").any()
    assert "jerk:" not in kinds
    assert "\tLM:left" not in kinds


@pytest.mark.parametrize("name", [field.name for field in fields(MOVEMENTS)])
def test_every_family_is_in_the_hash(name):
    changed = replace(MOVEMENTS, **{name: moved(getattr(MOVEMENTS, name))})
    assert criteria_hash(changed) != criteria_hash(MOVEMENTS)


def test_the_restless_view_and_the_heart_follow_their_numbers(night, usual):
    restless = replace(MOVEMENTS.restless, min_intervals=10_000)
    heart = replace(MOVEMENTS.heart, min_bpm=25.0, max_bpm=26.0)
    mine = replace(MOVEMENTS, restless=restless, heart=heart)
    found = score_recording(night, Options(movement_criteria=mine))
    assert usual.restless.interval.mode_s is not None
    assert found.restless.interval.mode_s is None
    assert usual.movements.heart.not_scored is None
    assert found.movements.heart.not_scored is not None


def test_the_immobilisation_test_follows_its_numbers(tmp_path, night):
    mine = tmp_path / "mine.toml"
    written = []
    for text in ("", "[immobilisation]\nlength_s = 1200.0\n", "[restless]\nbandwidth_ln = 0.5\n"):
        mine.write_text(text)
        assert main(["sit", str(night), "--criteria", str(mine), "-o", str(tmp_path)]) == 0
        written.append(json.loads((tmp_path / "night.sit.json").read_text("utf-8")))
    usual, short, smooth = written
    assert (usual["stop_s"], short["stop_s"]) == (3600.0, 1200.0)
    assert short["criteria"]["immobilisation"]["length_s"] == 1200.0
    assert smooth["interval"]["mode_s"] != usual["interval"]["mode_s"]
    assert len({one["criteria"]["sha256"] for one in written}) == 3
