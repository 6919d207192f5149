"""The names people import."""

from __future__ import annotations

import psgscore


def test_every_public_name_exists_and_is_documented():
    for name in psgscore.__all__:
        value = getattr(psgscore, name)
        if callable(value):
            assert value.__doc__, name


def test_the_error_tree_has_one_root():
    import psgscore.errors as errors  # noqa: PLC0415, PLR0402

    for value in vars(errors).values():
        if isinstance(value, type) and issubclass(value, Exception):
            assert issubclass(value, psgscore.PsgscoreError)
            assert value.exit_code in (1, 2, 3)
