"""XML as a tree of plain values: no document types, no entities, nothing fetched.

The standard library's expat does the reading. A document type is where entities are declared,
and entities are how a small file becomes a large one, or another file: none is accepted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple
from xml.parsers import expat

from psgscore.errors import ScoringFileError
from psgscore.io.formats.foreign import Source

DEEPEST = 64
MOST_ELEMENTS = 3_000_000
LONGEST_TEXT = 10_000_000

_NONE: Mapping[str, str] = MappingProxyType({})
_ENCODING = re.compile(r"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:\-]{1,40})[\"']", re.ASCII)
_ONE_OR_TWO_BYTES = re.compile(
    r"windows-\d+|cp\d+|iso-?8859-\d+|koi8-[ru]|mac\w*|shift_jis|euc-(jp|kr)|gb(k|2312|18030)|big5",
    re.ASCII | re.IGNORECASE,
)
_NAME = re.compile(r"(?:[\w.\-]+:)?([\w.\-]+)")


class Element(NamedTuple):
    """One element of a document; names are without their namespace.

    Parameters
    ----------
    name : str
    line : int
        Where it begins, for messages.
    text : str
        Its own text, without blanks around it.
    attributes : mapping of str to str
    children : tuple of Element
    """

    name: str
    line: int
    text: str = ""
    attributes: Mapping[str, str] = _NONE
    children: tuple[Element, ...] = ()

    def every(self, name: str) -> list[Element]:
        """Return the children of that name."""
        return [child for child in self.children if child.name == name]

    def first(self, *path: str) -> Element | None:
        """Return the first element along a path of names, None where there is none."""
        found = self
        for name in path:
            for child in found.children:
                if child.name == name:
                    found = child
                    break
            else:
                return None
        return found

    def value(self, *path: str) -> str:
        """Return the text of the first element along a path, "" where there is none."""
        found = self.first(*path)
        return "" if found is None else found.text


def root_name(source: Source) -> str:
    """Return the name of the root element, "" for what does not look like XML."""
    text = source.text
    at = len(text) - len(text.lstrip("\ufeff \t\n"))
    while text.startswith("<", at):
        if not text.startswith(("<?", "<!"), at):
            found = _NAME.match(text, at + 1)
            return "" if found is None else found[1]
        close = "?>" if text[at + 1] == "?" else "-->" if text.startswith("<!--", at) else ">"
        end = text.find(close, at + 2)
        # Within a document type the declarations stand side by side: the next "<" is taken.
        at = -1 if end < 0 else text.find("<", end)
        if at < 0:
            break
    return ""


def read_xml(source: Source) -> Element:
    """Read an XML document.

    Raises
    ------
    ScoringFileError
        It is not well-formed, has a document type, or is deeper or larger than any scoring.
    """
    text = _redecoded(source.text)
    body = text.lstrip("\ufeff \t\n")
    before = text.count("\n", 0, len(text) - len(body))
    return _Builder(source.name, before).read(body)


def require(root: Element, names: tuple[str, ...], source: Source) -> None:
    """Refuse a document that has none of the parts a scoring is in.

    Raises
    ------
    ScoringFileError
        Whatever it holds would be passed over without a word.
    """
    if not any(child.name in names for child in root.children):
        raise ScoringFileError(
            f"{source.name}, line {root.line}: <{root.name}> has no <{'> or <'.join(names)}>: "
            "there is no scoring in it"
        )


def _redecoded(text: str) -> str:
    """Read a text again in the encoding it declares, where it was taken for Latin-1.

    Characters up to U+00FF alone are what Latin-1 makes of any file; an encoding of one or two
    bytes per character can be read out of them. The declaration of any other is without meaning
    here: the text is decoded already.
    """
    declared = _ENCODING.search(text[:400])
    if declared is None or _ONE_OR_TWO_BYTES.fullmatch(declared[1]) is None or text.isascii():
        return text
    try:
        return text.encode("latin-1").decode(declared[1])
    except (LookupError, UnicodeError):
        return text


class _Builder:
    """Puts the tree together while expat reads."""

    def __init__(self, name: str, lines_before: int) -> None:
        self._name = name
        self._lines_before = lines_before
        self._n_elements = 0
        # Of each element that has not ended: what it is, its text so far, its children so far.
        self._open: list[tuple[str, int, Mapping[str, str]]] = []
        self._texts: list[list[str]] = []
        self._children: list[list[Element]] = [[]]
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._document_type
        parser.EntityDeclHandler = self._document_type
        self._parser = parser

    def read(self, text: str) -> Element:
        try:
            self._parser.Parse(text, True)
        except expat.ExpatError as error:
            reason = expat.ErrorString(error.code)
            advice = "the file is cut off or damaged" if self._open else "the file is damaged"
            raise self._error(
                f"not well-formed XML ({reason}): {advice}: export it again", error.lineno
            ) from None
        except UnicodeEncodeError:
            raise self._error("characters that no XML holds: export it again") from None
        return self._children[0][0]

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._n_elements += 1
        if self._n_elements > MOST_ELEMENTS:
            raise self._error(f"more than {MOST_ELEMENTS} elements: no scoring has that many")
        if len(self._open) >= DEEPEST:
            raise self._error(f"elements nested more than {DEEPEST} deep: no scoring is")
        if ":" in name:
            name = name.rpartition(":")[2]
        told: Mapping[str, str] = _NONE
        if attributes:
            told = {key.rpartition(":")[2]: text for key, text in attributes.items()}
        self._open.append((name, self._lines_before + self._parser.CurrentLineNumber, told))
        self._texts.append([])
        self._children.append([])

    def _end(self, _name: str) -> None:
        name, line, attributes = self._open.pop()
        text = "".join(self._texts.pop()).strip()
        children = tuple(self._children.pop())
        if len(text) > LONGEST_TEXT:
            raise self._error(f"a text of more than {LONGEST_TEXT} characters: no scoring has one")
        self._children[-1].append(Element(name, line, text, attributes, children))

    def _characters(self, text: str) -> None:
        pieces = self._texts[-1]
        if pieces or not text.isspace():
            pieces.append(text)

    def _document_type(self, *_told: object) -> None:
        raise self._error(
            "a document type or entities (<!DOCTYPE, <!ENTITY), which are refused because they can "
            "call in other files: remove that part"
        )

    def _error(self, what: str, line: int | None = None) -> ScoringFileError:
        at = self._lines_before + (self._parser.CurrentLineNumber if line is None else line)
        return ScoringFileError(f"{self._name}, line {at}: {what}")
