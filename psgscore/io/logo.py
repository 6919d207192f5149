"""A lab's logo: PNG, JPEG or SVG by content, whole, small, and with nothing to run or load."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path
from typing import Literal
from xml.parsers import expat

from psgscore.errors import ConfigError
from psgscore.report.parts import Logo

LARGEST_BYTES = 1_000_000
"""A logo is inside every report."""
LARGEST_PIXELS = 4000
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_PNG_END = b"IEND\xaeB`\x82"
_ADVICE = "save it as a plain SVG, or as PNG"
_ACTIVE = {"script", "foreignobject", "iframe", "embed", "object", "handler", "listener", "set"}
_ANIMATED = "animate"
_LINKS = {"href", "src", "base"}
_INSIDE = re.compile(r"#|data:image/(?:png|jpeg);base64,")
_OUTSIDE_STYLE = re.compile(r"@import|url\((?!\s*['\"]?\s*#)|\\", re.IGNORECASE)


def read_logo(path: Path) -> Logo:
    """Read a logo.

    Parameters
    ----------
    path : Path
        PNG, JPEG or SVG, told from its content.

    Returns
    -------
    Logo
        Its type and its bytes.

    Raises
    ------
    ConfigError
        No such file, too large, of another type, damaged, or an SVG that holds a script or
        refers to anything outside itself.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise ConfigError(f"logo: {path}: no such file") from None
    except OSError as error:
        raise ConfigError(f"logo: {path}: cannot be read: {error.strerror}") from None
    if len(data) > LARGEST_BYTES:
        raise ConfigError(
            f"logo: {path}: {len(data) / 1e6:.1f} MB, at most {LARGEST_BYTES / 1e6:.0f} MB: it is "
            "put into every report; save it smaller"
        )
    if data.startswith(_PNG):
        return _picture(path, data, "png")
    if data.startswith(_JPEG):
        return _picture(path, data, "jpeg")
    if re.match(rb"(?:\xef\xbb\xbf)?\s*<", data):
        _SvgCheck(path).read(data)
        return Logo("image/svg+xml", _text(data))
    raise ConfigError(f"logo: {path}: neither PNG, JPEG nor SVG, by its content")


def _picture(path: Path, data: bytes, kind: Literal["png", "jpeg"]) -> Logo:
    """Return a PNG or JPEG that can be decoded to its end."""
    from PIL import Image  # noqa: PLC0415 - start-up time

    if kind == "png":
        width, height = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))
        _require_size(path, width, height)
        if _PNG_END not in data:
            raise ConfigError(f"logo: {path}: the PNG is damaged: its end is missing")
    try:
        with Image.open(io.BytesIO(data), formats=[kind.upper()]) as picture:
            picture.load()
            width, height = picture.size
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise ConfigError(f"logo: {path}: the {kind.upper()} is damaged: {error}") from None
    _require_size(path, width, height)
    return Logo("image/png" if kind == "png" else "image/jpeg", _text(data))


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _require_size(path: Path, width: int, height: int) -> None:
    if max(width, height) > LARGEST_PIXELS:
        raise ConfigError(
            f"logo: {path}: {width} x {height} pixels, at most {LARGEST_PIXELS} a side: "
            "save it smaller"
        )


class _SvgCheck:
    """Reads an SVG to its end and refuses what could run or load anything."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open: list[str] = []
        self._style: list[str] = []
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.ProcessingInstructionHandler = self._instruction
        parser.StartDoctypeDeclHandler = self._document_type
        self._parser = parser

    def read(self, data: bytes) -> None:
        try:
            self._parser.Parse(data, True)
        except expat.ExpatError as error:
            reason = expat.ErrorString(error.code)
            raise self._error(f"not a well-formed SVG ({reason})") from None
        except (LookupError, ValueError):
            raise self._error("its encoding is not known") from None

    def _error(self, what: str) -> ConfigError:
        line = self._parser.CurrentLineNumber
        return ConfigError(f"logo: {self._path}, line {line}: {what}: {_ADVICE}")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2].lower()
        if not self._open and tag != "svg":
            raise self._error(f"<{name}> is no SVG")
        if tag in _ACTIVE or tag.startswith(_ANIMATED):
            raise self._error(f"<{name}> is not drawn in a report")
        self._open.append(tag)
        for key, value in attributes.items():
            attribute = key.rpartition(":")[2].lower()
            if attribute.startswith("on"):
                raise self._error(f"the attribute {key!r} holds a script")
            if attribute in _LINKS and not _INSIDE.match(value.strip()):
                raise self._error(f"{key}={value[:40]!r} refers to something outside the file")
            # What an editor notes in its own namespace is no style.
            if ":" not in key:
                self._refuse_outside(value)

    def _end(self, _: str) -> None:
        if self._open.pop() == "style":
            self._refuse_outside("".join(self._style))
            self._style.clear()

    def _text(self, text: str) -> None:
        if self._open[-1:] == ["style"]:
            self._style.append(text)

    def _refuse_outside(self, style: str) -> None:
        if _OUTSIDE_STYLE.search(style):
            raise self._error("a style refers to something outside the file")

    def _instruction(self, target: str, _: str) -> None:
        raise self._error(f"<?{target}?> refers to something outside the file")

    def _document_type(self, *_: object) -> None:
        raise self._error("document types are not accepted")
