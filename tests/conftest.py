"""Fixtures shared by all tests."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

DATA = Path(__file__).parent / "data"

settings.register_profile(
    "psgscore", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("long", settings.get_profile("psgscore"), max_examples=10_000)
settings.load_profile("long" if os.environ.get("PSGSCORE_LONG") else "psgscore")


@pytest.fixture(scope="session")
def real_data() -> Callable[[str], Path]:
    """Return a function that finds an optional real file, or skips the test."""
    root = os.environ.get("PSGSCORE_TEST_DATA")

    def find(relative: str) -> Path:
        if root is None:
            pytest.skip("set PSGSCORE_TEST_DATA to a folder of real recordings to run this test")
        path = Path(root) / relative
        if not path.exists():
            pytest.skip(f"no {relative} under PSGSCORE_TEST_DATA")
        return path

    return find


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Return the folder of test files that ship with the project."""
    return DATA
