"""Strict TOML: what is not understood is refused, with a hint."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, replace
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psgscore.errors import ConfigError
from psgscore.io.config import (
    criteria_from_mapping,
    criteria_to_toml,
    did_you_mean,
    load_toml,
    require_type,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    before_s: float = field(default=0.5, metadata={"source": "A. Author\n2016", "confirm": True})
    after_s: float = 0.5

    def __post_init__(self) -> None:
        if self.before_s < 0:
            raise ValueError(f"before_s must be at least 0: {self.before_s}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    name: str
    low_hz: float
    high_hz: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    name: str = "rules"
    min_interval_s: float = field(default=5.0, metadata={"source": "A. Author 2016"})
    min_movements: int = 4
    strict: bool = field(default=True, metadata={"confirm": True})
    anchor: Literal["event", "end"] = "event"
    window: Window = field(default_factory=Window, metadata={"source": "B. Author"})
    limits_hz: tuple[float, float] = (0.5, 30.0)
    words: tuple[str, ...] = ("a", "b")
    bands: tuple[Band, ...] = (Band(name="delta", low_hz=0.5),)
    nothing: tuple[int, ...] = ()


RULES = Rules()


def test_a_mapping_overrides_only_what_it_names():
    found = criteria_from_mapping(
        {"min_interval_s": 10, "window": {"after_s": 2.0}, "words": ["c"]}, RULES
    )
    assert found == replace(RULES, min_interval_s=10.0, window=Window(after_s=2.0), words=("c",))
    assert isinstance(found.min_interval_s, float)


def test_the_base_is_not_the_default():
    base = Rules(name="mine", window=Window(before_s=3.0))
    assert criteria_from_mapping({"window": {"after_s": 1.0}}, base) == Rules(
        name="mine", window=Window(before_s=3.0, after_s=1.0)
    )
    assert criteria_from_mapping({}, base) == base


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        pytest.param(
            {"min_interval": 5.0},
            r"mine\.toml: unknown key 'min_interval', did you mean 'min_interval_s'\?$",
            id="typo",
        ),
        pytest.param({"Strict": True}, "did you mean 'strict'", id="case"),
        pytest.param({"zzz": 1}, "unknown key 'zzz', known are 'name', 'min_int", id="far off"),
        pytest.param(
            {"window": {"befor_s": 1.0}},
            r"mine\.toml \[window\]: unknown key 'befor_s', did you mean 'before_s'",
            id="typo in a nested table",
        ),
        pytest.param({"min_interval_s": "5"}, "'min_interval_s': must be a number", id="text"),
        pytest.param({"min_interval_s": True}, "must be a number, found true", id="bool as float"),
        pytest.param({"min_movements": False}, "whole number, found false", id="bool as int"),
        pytest.param({"min_movements": 4.0}, "whole number, found 4.0", id="float as int"),
        pytest.param({"strict": 1}, "must be true or false, found 1", id="int as bool"),
        pytest.param({"name": 1}, "'name': must be a text, found 1", id="int as text"),
        pytest.param({"min_interval_s": float("nan")}, "must be a number, found nan", id="nan"),
        pytest.param({"min_interval_s": 10**400}, "out of range", id="too large for a float"),
        pytest.param(
            {"window": 1}, r"\[window\]: must be a table, found 1", id="number for a table"
        ),
        pytest.param({"name": {"a": 1}}, "must be a text, found a table", id="table for a text"),
        pytest.param(
            {"anchor": "ends"}, "'anchor': unknown value 'ends', did you mean 'end'", id="choice"
        ),
        pytest.param({"anchor": 1}, "'anchor': must be a text", id="choice of another type"),
        pytest.param(
            {"window": {"before_s": -1}},
            r"mine\.toml \[window\]: before_s must be at least 0: -1",
            id="refused by the class",
        ),
        pytest.param({"limits_hz": [1.0]}, "must have 2 values, found 1", id="pair too short"),
        pytest.param({"limits_hz": 1.0}, "must be a list, found 1.0", id="number for a list"),
        pytest.param({"words": ["a", 1]}, "'words', value 2: must be a text", id="list item"),
        pytest.param(
            {"bands": [{"name": "a"}]}, "value 1: 'low_hz' is missing", id="missing in a list"
        ),
        pytest.param(
            {"bands": [{"name": "a", "low_hz": 1, "hi_hz": 2}]},
            "unknown key 'hi_hz', did you mean 'high_hz'",
            id="typo in a list",
        ),
    ],
)
def test_what_is_not_understood_is_refused(mapping, says):
    with pytest.raises(ConfigError, match=says) as caught:
        criteria_from_mapping(mapping, RULES, where="mine.toml")
    assert str(caught.value).startswith("mine.toml")
    assert "\n" not in str(caught.value)


def test_the_printed_comments_carry_the_source():
    assert criteria_to_toml(Rules(bands=(), words=())) == (
        'name = "rules"\n'
        "# A. Author 2016\n"
        "min_interval_s = 5.0\n"
        "min_movements = 4\n"
        "# to be confirmed against the manual\n"
        "strict = true\n"
        'anchor = "event"\n'
        "limits_hz = [0.5, 30.0]\n"
        "words = []\n"
        "bands = []\n"
        "nothing = []\n"
        "\n"
        "# B. Author\n"
        "[window]\n"
        "# A. Author 2016; to be confirmed against the manual\n"
        "before_s = 0.5\n"
        "after_s = 0.5\n"
    )


def test_without_comments_the_values_are_the_same():
    plain = criteria_to_toml(RULES, comments=False)
    assert "#" not in plain
    assert tomllib.loads(plain) == tomllib.loads(criteria_to_toml(RULES))


numbers = st.floats(allow_nan=False)
texts = st.text(st.characters(exclude_categories=["Cs"]))
windows = st.builds(Window, before_s=st.floats(min_value=0, allow_nan=False), after_s=numbers)
bands = st.builds(Band, name=texts, low_hz=numbers, high_hz=numbers)
rules = st.builds(
    Rules,
    name=texts,
    min_interval_s=numbers | st.integers(-1000, 1000),
    min_movements=st.integers(),
    strict=st.booleans(),
    anchor=st.sampled_from(["event", "end"]),
    window=windows,
    limits_hz=st.tuples(numbers, numbers),
    words=st.lists(texts, max_size=3).map(tuple),
    bands=st.lists(bands, max_size=3).map(tuple),
    nothing=st.lists(st.integers(), max_size=3).map(tuple),
)


@given(value=rules, base=rules, comments=st.booleans())
def test_printed_criteria_read_back_equal(value, base, comments):
    printed = tomllib.loads(criteria_to_toml(value, comments=comments))
    assert criteria_from_mapping(printed, value) == value
    assert criteria_from_mapping(printed, base) == value


def test_a_field_toml_cannot_hold_is_a_programming_error():
    @dataclass(frozen=True)
    class Odd:
        when: complex = 1j

    with pytest.raises(TypeError, match="no complex"):
        criteria_to_toml(Odd())


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        pytest.param(None, "no such file", id="missing"),
        pytest.param(b"a = 1\nb = \n", r"not valid TOML: .*line 2", id="syntax"),
        pytest.param(b"a = 1\na = 2\n", r"not valid TOML: .*line 2", id="the same key twice"),
        pytest.param(b"a = 1\nb = 'Imp\xe9dance'\n", "line 2 is not UTF-8", id="latin-1"),
        pytest.param(b"a = " + b"[" * 10_000, "not valid TOML: nested too deeply", id="deep"),
    ],
)
def test_an_unreadable_file_is_a_config_error(tmp_path, raw, says):
    path = tmp_path / "map.toml"
    if raw is not None:
        path.write_bytes(raw)
    with pytest.raises(ConfigError, match=says) as caught:
        load_toml(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_a_directory_is_a_config_error(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        load_toml(tmp_path)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte order mark"])
def test_a_file_is_read(tmp_path, mark):
    path = tmp_path / "map.toml"
    path.write_bytes(mark + '[roles]\r\n"µLeg" = "leg:left"\r\n'.encode())
    assert load_toml(path) == {"roles": {"µLeg": "leg:left"}}


def test_hints():
    assert did_you_mean("LEGL", ["LegL", "LegR"]) == " did you mean 'LegL'?"
    assert did_you_mean("x", []) == " none is known"
    assert require_type(3, float, where="here") == 3.0
