"""Damaged files of every format: only clear errors come out."""

from __future__ import annotations

import importlib.util
from importlib import resources
from pathlib import Path

import pytest

from psgscore.io.formats.registry import BINARY, FORMATS
from psgscore.io.formats.vocabulary import vocabulary

SCRIPT = Path(__file__).parents[3] / "scripts" / "fuzz_scoring.py"


@pytest.fixture(scope="module")
def fuzz():
    found = importlib.util.spec_from_file_location("fuzz_scoring", SCRIPT)
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_every_format_has_a_sample(fuzz):
    names = [name.split(".")[0] for name in fuzz.samples()]
    for one in (*FORMATS, *BINARY):
        assert any(name == one.name or name.startswith(f"{one.name}-") for name in names), one.name


def test_only_clear_errors_come_out(fuzz, tmp_path):
    outcomes = fuzz.run(300, 7, tmp_path)
    assert set(outcomes) == {"read", "ScoringFileError"}
    assert min(outcomes.values()) > 20


def test_names_of_formats_are_one_of_a_kind():
    names = [one.name for one in (*FORMATS, *BINARY)]
    assert len(names) == len(set(names))


def test_every_shipped_label_table_is_read():
    folder = resources.files("psgscore.configs").joinpath("labels")
    tables = {one.name.removesuffix(".toml") for one in folder.iterdir()} - {"stages", "events"}
    for name in sorted(tables):
        found = vocabulary(name)
        assert found.stages or found.kinds, name


def test_a_negative_code_is_not_its_positive_one():
    words = vocabulary("dreams")
    assert words.listed_stage("-1") != words.listed_stage("1")
