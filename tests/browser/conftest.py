"""A browser, and small recordings to look at; skipped where there is no browser."""

from __future__ import annotations

import os

import pytest

from tests.browser.pages import FLAGS, Looking, chromium, copy_scores
from tests.unit.review.servers import REFERENTIAL, scored, write_night


@pytest.fixture(scope="module")
def browser():
    """Give a browser; no longer than the module, as its event loop would disturb other tests."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    path = chromium(os.environ)
    if path is None:
        pytest.skip("needs Chromium: set PSGSCORE_CHROMIUM to its path")
    with playwright.sync_playwright() as started:
        running = started.chromium.launch(executable_path=path, args=list(FLAGS))
        yield running
        running.close()


@pytest.fixture
def looking(browser):
    """Return a function that opens an address; at the end no page may have had a fault."""
    contexts, pages = [], []

    def look(url=None, beside=None, **options):
        context = beside.page.context if beside else browser.new_context(**options)
        contexts.append(context)
        found = Looking(context.new_page())
        pages.append(found)
        return found.open(url) if url else found

    yield look
    for context in contexts:
        context.close()
    assert [problem for one in pages for problem in one.problems] == []


@pytest.fixture(scope="session")
def night(tmp_path_factory):
    """Return 40 minutes with movements every 30 s on each leg, and the folder of their score."""
    return _scored_night(tmp_path_factory.mktemp("night"))


@pytest.fixture(scope="session")
def referential(tmp_path_factory):
    """Return the same night with an EEG of single electrodes, and the folder of its score."""
    return _scored_night(tmp_path_factory.mktemp("referential"), eeg=REFERENTIAL)


def _scored_night(folder, **change):
    pytest.importorskip("starlette", reason="needs the review extra")
    path = write_night(folder / "night.edf", **change)
    return path, scored(path, folder)


@pytest.fixture
def folder(night, tmp_path):
    """Return a folder with the score of the night alone."""
    path, _ = night
    return copy_scores(path.parent, tmp_path)
