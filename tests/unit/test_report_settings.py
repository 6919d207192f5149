"""A lab's own settings of its reports: read strictly, applied as a whole, nothing hidden."""

from __future__ import annotations

import base64
import io
import re
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from label_nights import every_night
from PIL import Image
from report_nights import nights, score_night

from psgscore.cli import main
from psgscore.errors import ConfigError
from psgscore.io.config import parse_toml
from psgscore.io.logo import LARGEST_BYTES, read_logo
from psgscore.io.report_settings import default_settings_toml, load_report_settings
from psgscore.model.criteria import WASM_2016
from psgscore.report.arrange import arranged
from psgscore.report.html import render_html
from psgscore.report.parts import Letterhead
from psgscore.report.pdf import render_pdf
from psgscore.report.settings import ALWAYS, PLAIN, SECTIONS, ReportSettings
from psgscore.report.view import report_view

NIGHT = nights()["everything"]
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1"><rect width="2" height="1"/></svg>'
SAID = "// view.disclaimer view.alerts view.headlines view.sections"
LINKED = 'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns="http://www.w3.org/2000/svg"'


def png(width: int = 3, height: int = 2) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    rows = b"".join(b"\0" + b"\xff\0\0" * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def jpeg() -> bytes:
    out = io.BytesIO()
    Image.fromarray(np.zeros((2, 3, 3), np.uint8)).save(out, format="jpeg")
    return out.getvalue()


@pytest.fixture
def settings_file(tmp_path):
    """Return a function that writes the settings and files beside them, and reads them."""

    def load(text: str, **files: bytes | str) -> ReportSettings:
        for name, data in files.items():
            raw = data if isinstance(data, bytes) else data.encode("utf-8")
            (tmp_path / name.replace("__", ".")).write_bytes(raw)
        path = tmp_path / "lab.toml"
        path.write_text(text, "utf-8")
        return load_report_settings(path)

    return load


@pytest.fixture
def own(tmp_path, settings_file):
    """Return a function that renders a night with templates of one's own."""

    def render(**templates: str) -> str:
        folder = tmp_path / "own"
        folder.mkdir()
        for name, text in templates.items():
            (folder / name.replace("__", ".")).write_text(text, "utf-8")
        return render_html(NIGHT, settings_file('templates = "own"'))

    return render


# the file ----------------------------------------------------------------------------------


def test_the_printed_settings_are_the_ones_a_report_comes_with(settings_file, capsys):
    assert main(["config", "show", "report"]) == 0
    printed = capsys.readouterr().out
    assert printed.rstrip("\n") == default_settings_toml().rstrip("\n")
    assert settings_file(printed) == PLAIN
    fields = {"institution", "address", "logo", "language", "without", "order", "templates"}
    assert set(parse_toml(printed, where="")) == fields
    for key in (*SECTIONS, *ALWAYS):
        assert key in printed


def test_everything_can_be_set(settings_file):
    found = settings_file(
        'institution = "Sleep Lab"\naddress = ["1 Street", "Tel. 1"]\nlogo = "logo.bin"\n'
        'language = "fr"\nwithout = ["onsets"]\norder = ["legs", "sleep"]\n',
        logo__bin=png(),
    )
    assert found.letterhead.institution == "Sleep Lab"
    assert found.letterhead.lines == ("1 Street", "Tel. 1")
    assert base64.b64decode(found.letterhead.logo.base64) == png()
    assert (found.language, found.without) == ("fr", ("onsets",))
    assert found.order == ("legs", "sleep")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('languag = "de"', r"lab\.toml: unknown key 'languag', did you mean 'language'\?"),
        ('language = "dee"', r"unknown value 'dee', did you mean 'de'\?"),
        ("language = 1", r"'language': must be a text, found 1"),
        ('address = "x"', r"'address': must be a list"),
        (
            'without = ["onset"]',
            r"lab\.toml: without: no section 'onset', did you mean 'onsets'\? There are overview, ",
        ),
        ('without = ["zzz"]', r"no section 'zzz', known are 'overview', 'glance', 'sleep'"),
        ('without = ["sleep", "sleep"]', r"'sleep' is there twice"),
        ('without = ["findings"]', r"'findings' cannot be left out: .* what the numbers are worth"),
        ('without = ["method"]', r"'method' cannot be left out"),
        ('without = ["provenance"]', r"'provenance' cannot be left out"),
        ('order = ["leg"]', r"order: no section 'leg', did you mean 'legs'\?"),
        ('logo = "none.png"', r"logo: .*none\.png: no such file"),
        ('logo = "."', r"logo: .*: cannot be read: "),
        ('templates = "none"', r"templates: .*none: no such folder"),
        ('templates = "."', r"templates: .*: none of report\.html\.j2, parts\.html\.j2, report\.c"),
        ("= 1", r"lab\.toml: not valid TOML"),
    ],
)
def test_a_wrong_setting_is_named(settings_file, text, message):
    with pytest.raises(ConfigError, match=message):
        settings_file(text)


def test_a_missing_settings_file_ends_the_run_with_2(tmp_path, capsys):
    arguments = ["demo", "--report-settings", str(tmp_path / "no.toml"), "-o", str(tmp_path / "o")]
    assert main(arguments) == 2
    assert "no.toml: no such file" in capsys.readouterr().err
    assert not (tmp_path / "o").exists()


# the logo ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (png(), "image/png"),
        (jpeg(), "image/jpeg"),
        (SVG.encode(), "image/svg+xml"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n' + SVG.encode(), "image/svg+xml"),
    ],
)
def test_a_logo_is_known_by_its_content(tmp_path, data, media_type):
    path = tmp_path / "logo.gif"
    path.write_bytes(data)
    found = read_logo(path)
    assert found.media_type == media_type
    assert found.data_uri == f"data:{media_type};base64,{base64.b64encode(data).decode()}"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"GIF89a", "neither PNG, JPEG nor SVG"),
        (b"", "neither PNG, JPEG nor SVG"),
        (png()[:-20], "the PNG is damaged"),
        (png()[:20], "the PNG is damaged"),
        (jpeg()[:60], "the JPEG is damaged"),
        (png(5000, 1), "5000 x 1 pixels, at most 4000 a side"),
        (png() + bytes(LARGEST_BYTES), r"1\.0 MB, at most 1 MB"),
        (b"<svg", r"not a well-formed SVG \("),
        (b"<html/>", "<html> is no SVG"),
        (b'<?xml version="1.0" encoding="cp9999"?><svg/>', "encoding"),
    ],
)
def test_what_is_no_logo_is_refused(tmp_path, data, message):
    path = tmp_path / "logo.png"
    path.write_bytes(data)
    with pytest.raises(ConfigError, match=message):
        read_logo(path)


@pytest.mark.parametrize(
    "svg",
    [
        f"<svg {LINKED}><script>alert(1)</script></svg>",
        f"<svg {LINKED}><s:script xmlns:s='http://www.w3.org/2000/svg'/></svg>",
        f"<svg {LINKED} onload='alert(1)'/>",
        f"<svg {LINKED}><rect OnClick='x'/></svg>",
        f"<svg {LINKED}><foreignObject/></svg>",
        f"<svg {LINKED}><image href='http://a.b/c.png'/></svg>",
        f"<svg {LINKED}><image xlink:href='file:///etc/passwd'/></svg>",
        f"<svg {LINKED}><image href='data:image/svg+xml;base64,AA'/></svg>",
        f"<svg {LINKED}><use href='other.svg#a'/></svg>",
        f"<svg {LINKED}><a href='javascript:alert(1)'/></svg>",
        f"<svg {LINKED}><set attributeName='href' to='http://a.b'/></svg>",
        f"<svg {LINKED}><animate attributeName='href'/></svg>",
        f"<svg {LINKED}><style>@import 'http://a.b';</style></svg>",
        f"<svg {LINKED}><style>rect {{fill: url( 'http://a.b' )}}</style></svg>",
        f"<svg {LINKED}><style>rect {{fill: u\\72l(http://a.b)}}</style></svg>",
        f"<svg {LINKED}><style>rect {{fill: <![CDATA[url(http://a.b)]]>}}</style></svg>",
        f"<svg {LINKED}><rect style='fill: url(http://a.b)'/></svg>",
        f"<svg {LINKED}><rect fill='url(//a.b)'/></svg>",
        f"<svg {LINKED} xml:base='http://a.b'/>",
        f"<?xml-stylesheet href='http://a.b'?><svg {LINKED}/>",
        f"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg {LINKED}>&a;</svg>",
        f"<!DOCTYPE svg SYSTEM 'http://a.b'><svg {LINKED}/>",
    ],
)
def test_an_svg_that_could_run_or_load_anything_is_refused(tmp_path, svg):
    path = tmp_path / "logo.svg"
    path.write_text(svg, "utf-8")
    with pytest.raises(ConfigError, match=r"logo: .*logo\.svg, line \d+: .*plain SVG, or as PNG"):
        read_logo(path)


@pytest.mark.parametrize(
    "inside",
    [
        "<rect fill='url(#a)'/>",
        "<use href='#a'/>",
        "<image xlink:href='data:image/png;base64,AA'/>",
        "<style>rect { fill: url('#a') }</style>",
        "<g e:file='C:\\logo.png' xmlns:e='http://editor'/>",
        "<title>on the road</title>",
    ],
)
def test_an_svg_that_refers_to_itself_is_a_logo(tmp_path, inside):
    path = tmp_path / "logo.svg"
    path.write_text(f"<svg {LINKED}>{inside}</svg>", "utf-8")
    assert read_logo(path).media_type == "image/svg+xml"


def test_a_logo_is_drawn_as_a_picture_only(settings_file):
    look = settings_file('institution = "A & B"\nlogo = "a.svg"\naddress = ["<x>"]', a__svg=SVG)
    text = render_html(NIGHT, look)
    assert f'<img src="{look.letterhead.logo.data_uri}" alt="A &amp; B">' in text
    assert SVG not in text
    assert "&lt;x&gt;" in text


# sections ----------------------------------------------------------------------------------


def test_every_section_of_a_night_can_be_named():
    found = {one.key for score in every_night().values() for one in report_view(score).sections}
    assert found == {*SECTIONS, *ALWAYS}


def test_a_section_that_is_left_out_is_told():
    view = arranged(report_view(NIGHT), ReportSettings(without=("sleep", "legs", "onsets")))
    keys = [section.key for section in view.sections]
    plain = [section.key for section in report_view(NIGHT).sections]
    assert keys == [key for key in plain if key not in ("sleep", "legs", "onsets")]
    (told,) = [section.facts for section in view.sections if section.key == "provenance"]
    told = {fact.label: fact.value for fact in told}
    assert told["Left out by the lab's settings"] == "Sleep, Leg movements"


def test_alerts_disclaimer_and_what_carries_the_truth_stay_whatever_is_left_out():
    night = nights()["gaps"]
    plain = report_view(night)
    view = arranged(plain, ReportSettings(without=SECTIONS))
    assert [section.key for section in view.sections] == list(ALWAYS)
    assert (view.alerts, view.headlines) == (plain.alerts, plain.headlines)
    text = render_html(night, ReportSettings(without=SECTIONS))
    assert plain.disclaimer in text
    assert "<svg" not in text


def test_sections_named_come_first_and_the_others_follow():
    view = arranged(report_view(NIGHT), ReportSettings(order=("provenance", "legs")))
    keys = [section.key for section in view.sections]
    plain = [section.key for section in report_view(NIGHT).sections]
    assert keys == ["provenance", "legs", *(k for k in plain if k not in ("provenance", "legs"))]


def test_the_institution_is_the_only_thing_a_letterhead_changes():
    head = Letterhead(institution="Lab")
    view = report_view(NIGHT)
    assert arranged(view, ReportSettings(letterhead=head)) == replace(view, letterhead=head)


# templates ---------------------------------------------------------------------------------


def test_a_template_of_the_labs_own_wins_by_its_name(own):
    text = own(report__css=".mine { color: #123456; }")
    assert ".mine { color: #123456; }" in text
    assert ".headlines" not in text
    assert "Templates of the lab&#39;s own" in text


def test_a_template_may_use_those_shipped(own):
    text = own(
        parts__html__j2="{% macro english() %}{% endmacro %}"
        "{% macro letterhead(head) %}{% endmacro %}"
        "{% macro facts(items) %}<p>{% for one in items %}{{ one.value }} {% endfor %}</p>"
        "{% endmacro %}\n{% macro table(part) %}<h3>{{ part.title }}</h3>"
        "{% for note in part.notes %}{{ note }}{% endfor %}{% endmacro %}\n"
    )
    assert "<table" not in text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a\n{% if %}", r"report\.html\.j2, line 2: Expected an expression"),
        ("a\n\n{{ view.nothing }}", r"report\.html\.j2, line 3: .*no attribute 'nothing'"),
        ("{{ view.title | nofilter }}", r"report\.html\.j2, line 1: No filter named 'nofilter'"),
        ("\n{{ 1 / 0 }}", r"report\.html\.j2, line 2: division by zero"),
        ("{% include 'x.j2' %}", r"report\.html\.j2, line 1: x\.j2"),
        ("{{ view.__class__.__mro__ }}", r"report\.html\.j2, line 1: access to attribute"),
        ("nothing", r"report\.html\.j2: the report has no longer the disclaimer \"Research"),
        ("{{ view.disclaimer }}", r"the report has no longer the alert \"PLMW under AASM v3"),
    ],
)
def test_an_error_in_a_template_is_told_by_file_and_line(own, text, message):
    with pytest.raises(ConfigError, match=message):
        own(report__html__j2=text)


def test_a_part_that_is_missing_is_named(own):
    with pytest.raises(ConfigError, match=r"own/parts\.html\.j2: .*requested name 'english'"):
        own(parts__html__j2="{% macro facts(items) %}{% endmacro %}")


def test_a_template_that_drops_an_alert_is_refused(tmp_path, settings_file):
    ours = Path(render_html.__code__.co_filename).parent / "templates" / "report.html.j2"
    folder = tmp_path / "own"
    folder.mkdir()
    text = re.sub(r"(?s)<ul>\n{% for alert.*?</ul>", "", ours.read_text("utf-8"))
    (folder / "report.html.j2").write_text(text, "utf-8")
    look = settings_file('templates = "own"')
    assert render_html(score_night(rules=(WASM_2016,)), look)
    with pytest.raises(ConfigError, match=r'no longer the alert "PLMW under AASM'):
        render_html(NIGHT, look)


@pytest.mark.parametrize("name", ["raport.html.j2", "style.css", "reports.typ"])
def test_a_template_whose_name_takes_the_place_of_nothing_is_refused(own, name):
    with pytest.raises(ConfigError, match=re.escape(f"{name} takes the place of nothing:")):
        own(**{name.replace(".", "__"): "x"})


def test_a_template_is_utf_8(tmp_path, settings_file):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "report.css").write_bytes(b"\xe9")
    with pytest.raises(ConfigError, match=r"report\.css: not UTF-8"):
        settings_file('templates = "own"')


# the PDF -----------------------------------------------------------------------------------


def text_of(pdf: bytes) -> str:
    pages = list(pypdfium2.PdfDocument(pdf))
    return " ".join("\n".join(one.get_textpage().get_text_bounded() for one in pages).split())


@pytest.mark.parametrize("logo", [png(), jpeg(), SVG.encode()], ids=["png", "jpeg", "svg"])
def test_a_pdf_has_the_letterhead_the_language_and_the_sections(settings_file, logo):
    look = settings_file(
        'institution = "Sleep Lab"\naddress = ["1 Street"]\nlogo = "logo"\nlanguage = "de"\n'
        'without = ["sleep"]\n',
        logo=logo,
    )
    text = text_of(render_pdf(NIGHT, look))
    assert text.startswith("Sleep Lab 1 Street")
    assert "Schlafeffizienz" in text
    assert "nicht ausgewertet" in text
    assert "Schlafparameter" not in text


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("#let a = \n", r"report\.typ: does not print view\.disclaimer"),
        (f"{SAID}\n\n#let a = \n", r"report\.typ: (?s:.*)expected expression(?s:.*):3:8"),
        (f"{SAID}\n#(1).x", r"report\.typ: (?s:.*)cannot access fields(?s:.*):2:"),
    ],
)
def test_an_error_in_a_template_of_a_pdf_is_told_by_line(tmp_path, settings_file, source, message):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "report.typ").write_text(source, "utf-8")
    with pytest.raises(ConfigError, match=message):
        render_pdf(NIGHT, settings_file('templates = "own"'))


def test_a_pdf_is_laid_out_by_the_template_of_the_lab(tmp_path, settings_file):
    (tmp_path / "own").mkdir()
    source = (
        "#let view = json(bytes(sys.inputs.report)).view\n#set document(title: view.title)\n"
        f"Mine: #view.disclaimer {SAID}\n"
    )
    (tmp_path / "own" / "report.typ").write_text(source, "utf-8")
    text = text_of(render_pdf(NIGHT, settings_file('templates = "own"')))
    assert text == f"Mine: {report_view(NIGHT).disclaimer}"
