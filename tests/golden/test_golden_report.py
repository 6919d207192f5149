"""The printed report of one night: its words page by page, and what the pages look like.

After a change that was looked at, ``PSGSCORE_WRITE_GOLDEN=1 pytest tests/golden`` writes both anew.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))

from label_nights import pictures, sensitivity
from report_nights import score_night

from psgscore._version import __version__
from psgscore.model.subject import Review, Subject
from psgscore.report.pdf import render_pdf

WORDS = Path(__file__).with_name("report.txt")
PAGES = Path(__file__).with_name("report.png")
WRITING = bool(os.environ.get("PSGSCORE_WRITE_GOLDEN"))
DOTS = 40 / 72
CELL = 12
"""Side of the squares whose mean grey is compared: a word moved by its own width is seen."""
LARGEST_DIFFERENCE = 40.0
MEAN_DIFFERENCE = 1.5


@pytest.fixture(scope="module")
def pages() -> list[pypdfium2.PdfPage]:
    score = replace(
        score_night(),
        subject=Subject(study_id="S-007", age_years=54.0, sex="F"),
        review=Review(by="A. Reviewer", at="2026-01-01 08:30", edits=2),
        sensitivity=sensitivity(),
        snapshots=pictures(),
    )
    return list(pypdfium2.PdfDocument(render_pdf(score)))


def test_the_words_of_every_page(pages):
    found = "\n\f\n".join(" ".join(_words(page)) for page in pages) + "\n"
    if WRITING:
        WORDS.write_text(found, "utf-8")
    assert found == WORDS.read_text("utf-8")


def test_what_the_pages_look_like(pages):
    drawn = [np.asarray(page.render(scale=DOTS).to_pil().convert("L")) for page in pages]
    found = np.hstack(drawn)
    if WRITING:
        Image.fromarray(found).save(PAGES, optimize=True)
    golden = np.asarray(Image.open(PAGES))
    assert found.shape == golden.shape
    difference = np.abs(_coarse(found) - _coarse(golden))
    assert difference.mean() <= MEAN_DIFFERENCE
    assert difference.max() <= LARGEST_DIFFERENCE


def test_a_moved_table_would_be_seen():
    golden = np.asarray(Image.open(PAGES))
    moved = np.roll(golden, CELL, axis=0)
    assert np.abs(_coarse(moved) - _coarse(golden)).max() > LARGEST_DIFFERENCE


def _words(page: pypdfium2.PdfPage) -> list[str]:
    text = page.get_textpage().get_text_bounded()
    return text.replace("\ufffe", "").replace("\x02", "").replace(__version__, "VERSION").split()


def _coarse(grey: np.ndarray) -> np.ndarray:
    rows, columns = (size // CELL * CELL for size in grey.shape)
    cells = grey[:rows, :columns].astype(float).reshape(rows // CELL, CELL, columns // CELL, CELL)
    return cells.mean(axis=(1, 3))
