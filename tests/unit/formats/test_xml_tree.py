"""One safe parser for every XML: nothing declared, nothing fetched, nothing without bound."""

from __future__ import annotations

from pathlib import Path

import pytest

from psgscore.errors import ScoringFileError
from psgscore.io.formats.foreign import Source
from psgscore.io.formats.xml_tree import DEEPEST, read_xml, root_name


def source(text):
    return Source(path=Path("night.xml"), text=text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;">]><a>&y;</a>', id="expansion"
        ),
        pytest.param('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///x">]><a>&x;</a>', id="another file"),
        pytest.param('<!DOCTYPE a SYSTEM "http://x.invalid/a.dtd"><a/>', id="the network"),
        pytest.param("<!DOCTYPE a><a/>", id="a bare document type"),
        pytest.param('<!DOCTYPE a [<!ENTITY % p SYSTEM "x"> %p;]><a/>', id="parameter entity"),
        pytest.param(
            '<?xml version="1.0"?>\n<!DOCTYPE a [<!ATTLIST a b CDATA "c">]><a/>', id="dtd"
        ),
    ],
)
def test_document_types_are_refused(text):
    with pytest.raises(ScoringFileError, match=r"night\.xml, line \d: a document type or entities"):
        read_xml(source(text))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("<a>\n<b>1</b>\n<b>2", "line 3: .*cut off", id="cut off within a text"),
        pytest.param("<a>\n<b>1</b>\n", "line 3: .*cut off", id="cut off between elements"),
        pytest.param("<a>\n<b", "line 2: .*cut off", id="cut off within a tag"),
        pytest.param("<a>\n</b>", "line 2: .*mismatched tag", id="wrong end"),
        pytest.param("<a>\n&nbsp;</a>", "line 2: .*undefined entity", id="entity of nowhere"),
        pytest.param("<a>A & B</a>", "line 1: .*not well-formed", id="ampersand"),
        pytest.param("<a/>\n<a/>", "line 2: .*junk", id="two roots"),
        pytest.param("\n\n<a>\n</b>", "line 4: ", id="lines before the root count"),
        pytest.param("<a>\x00</a>", "line 1: ", id="NUL"),
        pytest.param("<a>\ud800</a>", "characters that no XML holds", id="half a character"),
        pytest.param("<a>" * (DEEPEST + 1), "nested more than", id="too deep"),
        pytest.param("<a>" * 3_000_000, "nested more than", id="far too deep"),
        pytest.param(f"<a>{'x' * 10_000_001}</a>", "a text of more than", id="too long a text"),
        pytest.param("", "no element found", id="nothing"),
    ],
)
def test_damage_has_a_line(text, message):
    with pytest.raises(ScoringFileError, match=message):
        read_xml(source(text))


def test_too_many_elements(monkeypatch):
    monkeypatch.setattr("psgscore.io.formats.xml_tree.MOST_ELEMENTS", 3)
    assert len(read_xml(source("<a><b/><b/></a>")).children) == 2
    with pytest.raises(ScoringFileError, match="more than 3 elements"):
        read_xml(source("<a><b/><b/><b/></a>"))


def test_as_deep_as_allowed():
    assert read_xml(source("<a>" * DEEPEST + "</a>" * DEEPEST)).name == "a"


@pytest.mark.parametrize(
    ("declared", "raw", "told"),
    [
        pytest.param("windows-1252", "“Größe” €".encode("cp1252"), "“Größe” €", id="cp1252"),
        pytest.param("windows-1251", "Ж".encode("cp1251"), "Ж", id="cp1251"),
        pytest.param("iso-8859-2", "łydka".encode("iso-8859-2"), "łydka", id="iso-8859-2"),
        pytest.param("gb2312", "左腿".encode("gb2312"), "左腿", id="two bytes a character"),
        pytest.param("windows-1252", b"\x81x", "\x81x", id="not what it says: left"),
        pytest.param("no-such", "é".encode("latin-1"), "é", id="unknown encoding: left"),
        pytest.param("unicode_escape", rb"\u0041" + b"\xe9", "\\u0041é", id="no encoding: left"),
    ],
)
def test_a_declared_encoding_is_used_where_the_text_was_taken_for_latin_1(declared, raw, told):
    head = f'<?xml version="1.0" encoding="{declared}"?>'
    assert read_xml(source(f"{head}<a>{raw.decode('latin-1')}</a>")).text == told


@pytest.mark.parametrize("declared", ["utf-16", "UTF-8", "us-ascii", "windows-1252", "gb2312"])
def test_a_text_that_is_decoded_stays_what_it_is(declared):
    head = f'<?xml version="1.0" encoding="{declared}"?>'
    assert read_xml(source(f"{head}<a>Größe 左 €</a>")).text == "Größe 左 €"


def test_names_lose_their_namespace_and_texts_their_blanks():
    text = '<x:a xmlns:x="u" x:k="v"><x:b> 1\n</x:b><!-- no --><b><![CDATA[<2>]]> &amp; 3</b></x:a>'
    root = read_xml(source(text))
    assert (root.name, dict(root.attributes)["k"], root.line) == ("a", "v", 1)
    assert [child.text for child in root.every("b")] == ["1", "<2> & 3"]
    assert root.first("b", "c") is None
    assert root.value("c") == ""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("<a/>", "a"),
        ("\ufeff\n <?xml version='1.0'?>\n<!-- <b> -->\n<x:a >", "a"),
        ('<!DOCTYPE a [<!ENTITY x "y">]><a>', "a"),
        ("<!-- <a> ", ""),
        ("<?xml", ""),
        ("<", ""),
        ("<1", "1"),
        ("< a", ""),
        ("a < b", ""),
        ("", ""),
    ],
)
def test_the_root_is_seen_without_reading_the_file(text, name):
    assert root_name(source(text)) == name


@pytest.mark.parametrize("text", ["<!" * 500_000, "<!---->" * 200_000, "<" * 1_000_000])
def test_looking_for_the_root_takes_linear_time(text):
    assert root_name(source(text)) == ""
