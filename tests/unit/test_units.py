"""Voltages are known by their spelling; nothing else is taken for one."""

from __future__ import annotations

import pytest

from psgscore.io.units import microvolts_per


@pytest.mark.parametrize(
    ("unit", "factor"),
    [
        ("uV", 1.0),
        ("UV", 1.0),
        ("uv", 1.0),
        ("\u00b5V", 1.0),
        ("\u03bcV", 1.0),
        (" uV ", 1.0),
        ("mV", 1e3),
        ("V", 1e6),
        ("nV", 1e-3),
    ],
)
def test_voltages(unit, factor):
    assert microvolts_per(unit) == factor


@pytest.mark.parametrize("unit", ["", " ", "NV", "MV", "%", "uV/Hz", "uV^2", "bpm", "?V", "u V"])
def test_everything_else_is_no_voltage(unit):
    assert microvolts_per(unit) is None
