"""The report as PDF: everything of the view, on the page, tagged, the same bytes each time."""

from __future__ import annotations

import ctypes
import io
import mmap
import re
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import pypdf
import pypdfium2
import pytest
from report_nights import nights, provenance, score_night

from psgscore.model.finding import Finding
from psgscore.model.score import DISCLAIMER
from psgscore.model.subject import Identity, Review, Subject
from psgscore.report.pdf import render_pdf
from psgscore.report.view import report_view

NIGHTS = nights()
HOSTILE = "#panic() *b* _i_ $x$ `c` <a> \\u{41} @b // /* [c] {d} \u202e = h"
SLACK_PT = 1.0
REPORT_MB = 30
"""Less than one report leaves behind where typst remembers it."""


@pytest.fixture(scope="module")
def rendered():
    made = {}

    def render(name):
        if name not in made:
            made[name] = render_pdf(NIGHTS[name])
        return made[name]

    return render


def pages(data: bytes) -> list[pypdfium2.PdfPage]:
    return list(pypdfium2.PdfDocument(data))


def text_of(data: bytes) -> str:
    return "\n".join(page.get_textpage().get_text_bounded() for page in pages(data))


def squeezed(text: str) -> str:
    """Leave out what a line break may change."""
    # pdfium reads a hyphen at the end of a line as the control character 2.
    return re.sub(r"[\s\ufffe\ufeff\x02-]+", "", text)


def texts(value: object) -> Iterator[str]:
    """Walk through every text that a view prints."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from texts(one)
    elif is_dataclass(value):
        unprinted = {"key", "alt", "wording", "language", "width", "names"}
        for field in fields(value):
            if field.name not in unprinted:
                yield from texts(getattr(value, field.name))


@pytest.mark.parametrize("name", NIGHTS)
def test_the_disclaimer_is_on_every_page_and_no_text_leaves_it(name, rendered):
    for number, page in enumerate(pages(rendered(name)), 1):
        text = page.get_textpage()
        words = text.get_text_bounded()
        assert DISCLAIMER in words
        assert f"{number} / " in words
        width, height = page.get_size()
        for place in range(text.count_chars()):
            left, bottom, right, top = text.get_charbox(place)
            assert left >= -SLACK_PT
            assert bottom >= -SLACK_PT
            assert right <= width + SLACK_PT
            assert top <= height + SLACK_PT


@pytest.mark.parametrize("name", NIGHTS)
def test_everything_the_view_says_is_printed(name, rendered):
    printed = squeezed(text_of(rendered(name)))
    missing = [text for text in texts(report_view(NIGHTS[name])) if squeezed(text) not in printed]
    assert missing == []
    assert not re.search(r"\bnan\b", text_of(rendered(name)))


def test_a_text_of_the_recording_is_text_never_markup():
    score = score_night(
        provenance=provenance(input_name=f"{HOSTILE}.edf"),
        findings=(Finding("edf.x", HOSTILE, HOSTILE, "error"),),
    )
    printed = squeezed(text_of(render_pdf(score)))
    assert printed.count(squeezed(HOSTILE.replace("\u202e", ""))[:40]) >= 2


def test_the_same_score_gives_the_same_bytes(rendered):
    assert render_pdf(NIGHTS["everything"]) == rendered("everything")


def held_mb() -> float:
    ctypes.CDLL(None).malloc_trim(0)
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * mmap.PAGESIZE / 1e6


@pytest.mark.skipif(sys.platform != "linux", reason="other systems tell memory in other ways")
def test_many_reports_hold_no_more_than_one():
    held = []
    for number in range(4):
        render_pdf(score_night(provenance=provenance(input_name=f"night{number}.edf")))
        held.append(held_mb())
    assert held[-1] - held[0] < REPORT_MB


def test_a_person_is_named_only_where_it_was_asked_for():
    identity = Identity(name="Zaphod B", code="MRN-1", birth_date="1951-05-02")
    subject = Subject(study_id="S-7", age_years=53.0, sex="F")
    score = replace(NIGHTS["everything"], subject=subject)
    assert "S-7" in text_of(render_pdf(score))
    named = render_pdf(replace(score, subject=replace(subject, identity=identity)))
    for text in ("Zaphod B", "MRN-1", "1951-05-02"):
        assert text in text_of(named)
        assert text not in text_of(render_pdf(score))


def test_the_review_state_is_in_the_head():
    review = Review(by="A. Reviewer", at="2026-11-28 09:30", edits=3)
    text = squeezed(text_of(render_pdf(replace(NIGHTS["everything"], review=review))))
    assert squeezed("reviewed by A. Reviewer at 2026-11-28 09:30, 3 edits") in text


def test_tagged_for_those_who_listen_and_for_the_archive(rendered):
    reader = pypdf.PdfReader(io.BytesIO(rendered("everything")))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].startswith("en")
    about = root["/Metadata"].get_data().decode("utf-8")
    assert "<pdfuaid:part>1</pdfuaid:part>" in about
    assert "<pdfaid:part>2</pdfaid:part>" in about
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in about
    tags = list(_tags(root["/StructTreeRoot"]))
    kinds = {str(tag["/S"]) for tag in tags}
    assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/Figure", "/P"} <= kinds
    figures = [tag for tag in tags if tag["/S"] == "/Figure"]
    drawn = [
        one for section in report_view(NIGHTS["everything"]).sections for one in section.figures
    ]
    assert sorted(str(tag["/Alt"]) for tag in figures) == sorted(one.alt for one in drawn)


def _tags(node):
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        tag = kid.get_object()
        if isinstance(tag, dict) and "/S" in tag:
            yield tag
            yield from _tags(tag)


@pytest.mark.parametrize("name", ["everything", "all wake", "no legs", "gaps"])
def test_the_first_page_ends_with_the_tables_of_a_glance(name, rendered):
    first = pages(rendered(name))[0].get_textpage().get_text_bounded()
    (glance,) = [one for one in report_view(NIGHTS[name]).sections if one.key == "glance"]
    for table in glance.tables:
        assert squeezed(table.rows[-1].label) in squeezed(first)
