"""The report as a file: valid, self-contained, accessible, the same bytes each time."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from report_nights import leg, movements, nights, provenance, score_night

import psgscore
from psgscore.model.criteria import WASM_2016
from psgscore.model.finding import Finding, NotScored
from psgscore.report.figures import overview_svg
from psgscore.report.html import render_html
from psgscore.report.interval_figure import interval_histograms_svg
from psgscore.report.view import DISCLAIMER

NIGHTS = nights()
TEMPLATES = Path(psgscore.__file__).parent / "report" / "templates"
VOID = {"meta", "link", "br", "hr", "img", "input", "col"}
HOSTILE = '</style><script>alert("1")</script>&lt;b onload=x>$\\alpha'


class Page(HTMLParser):
    """Every tag of a page, in order, with a check that they are balanced."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        assert len(attrs) == len(dict(attrs)), f"an attribute of {tag} twice"
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def named(self, *names: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.tags if tag in names]


@pytest.fixture(scope="module")
def whole() -> str:
    return render_html(NIGHTS["everything"])


@pytest.mark.parametrize("name", NIGHTS)
def test_whatever_is_missing_there_is_a_valid_report(name):
    text = render_html(NIGHTS[name])
    page = Page(text)
    assert text.startswith("<!DOCTYPE html>")
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in page.tags:
        assert attributes.get("aria-labelledby", ids[0]) in ids
        assert attributes.get("xlink:href", f"#{ids[0]}")[1:] in ids
    assert set(re.findall(r"url\(#([^)]+)\)", text)) <= set(ids)
    assert len(page.named("h1")) == 1
    assert page.named("html")[0]["lang"] == "en"
    assert all(attributes.get("scope") for attributes in page.named("th"))
    assert DISCLAIMER in text
    assert not re.search(r"\bnan\b", text)


def test_a_report_loads_nothing(whole):
    page = Page(whole)
    assert not page.named("script", "link", "img", "iframe", "object", "base", "img")
    for _, attributes in page.tags:
        assert "src" not in attributes
        for name in ("href", "xlink:href"):
            assert attributes.get(name, "#").startswith("#")
    assert "@import" not in whole
    assert "<metadata" not in whole
    assert all(target.startswith("#") for target in re.findall(r"url\(([^)]*)\)", whole))


def test_figures_have_words_for_those_who_do_not_see_them(whole):
    drawings = [tag for tag in Page(whole).named("div") if tag.get("role") == "img"]
    assert len(drawings) == 2
    assert all(len(tag["aria-label"]) > 50 for tag in drawings)


def test_texts_of_the_recording_are_escaped():
    hostile = replace(leg("left"), name=HOSTILE, reason=HOSTILE)
    score = score_night(
        provenance=provenance(
            input_name=f"{HOSTILE}.edf", channels=(hostile,), settings={HOSTILE: HOSTILE}
        ),
        rules=(replace(WASM_2016, name=HOSTILE, title=HOSTILE),),
        findings=(Finding("a.b", HOSTILE, HOSTILE, "error"),),
        not_scored=(NotScored(HOSTILE, HOSTILE),),
    )
    text = render_html(score)
    page = Page(text)
    assert not page.named("script", "b")
    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_the_same_score_gives_the_same_bytes(whole):
    assert render_html(nights()["everything"]) == whole


def test_a_report_needs_no_plotting_library():
    code = (
        "import sys\nsys.path.insert(0, sys.argv[1])\nimport report_nights\n"
        "from psgscore.report.html import render_html\n"
        "render_html(report_nights.score_night())\nsys.exit('matplotlib' in sys.modules)"
    )
    here = str(Path(__file__).parent)
    assert subprocess.run([sys.executable, "-c", code, here], check=False).returncode == 0


@pytest.mark.parametrize("count", [800, 3000])
def test_a_night_of_many_movements_stays_small(count):
    onset = 60.0 + 10800.0 / (count + 20) * np.arange(count)
    score = score_night(events=movements(onset.tolist(), duration_s=1.0))
    assert sum(leg_score.movements.start_s.size for leg_score in score.legs) == 2 * count
    assert len(overview_svg(score)) < 120_000
    assert len(interval_histograms_svg(score)) < 20_000


def test_what_is_not_scored_is_written_into_the_figures():
    assert "no hypnogram" in overview_svg(NIGHTS["no hypnogram"])
    assert "no intervals" in interval_histograms_svg(NIGHTS["no movements"])
    assert "lights off" in overview_svg(NIGHTS["everything"])
    assert "arousal" not in overview_svg(NIGHTS["only movements"]).lower()
    assert "00:00" in overview_svg(NIGHTS["everything"])
    assert "from the start of the recording" in overview_svg(NIGHTS["no clock"])


def test_the_limits_of_a_series_stand_in_the_histograms():
    text = interval_histograms_svg(NIGHTS["everything"])
    for limit in ("5 s", "10 s", "90 s"):
        assert text.count(f">{limit}<") == 2


def test_the_raster_has_a_row_for_each_leg_that_was_recorded():
    def rows(name: str) -> set[str]:
        return set(re.findall(r">(left|right|both|leg)<", overview_svg(NIGHTS[name])))

    assert rows("everything") == rows("no movements") == {"left", "right", "both"}
    assert rows("one leg") == {"left"}
    assert rows("legs not told apart") == {"leg"}


@pytest.mark.parametrize("name", ["report.html.j2", "parts.html.j2"])
def test_no_word_is_written_in_a_template(name):
    source = (TEMPLATES / name).read_text("utf-8")
    printed = re.sub(r"<[^>]*>", "", re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}", "", source))
    assert not re.findall(r"[^\W\d_]{2,}", printed)


def test_there_is_room_to_write_an_interpretation_before_the_signature(whole):
    assert whole.index(">Interpretation<") < whole.index('class="write-here"></div>')
    assert whole.index('class="write-here"></div>') < whole.index(">Signature<")
