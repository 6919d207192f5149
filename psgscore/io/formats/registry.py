"""Every format of other programs that psgscore reads, in the order they are tried."""

from __future__ import annotations

from psgscore.io.formats import edfbrowser_xml, nsrr_xml, philips_rml, profusion_xml
from psgscore.io.formats.foreign import Format, Source

FORMATS: tuple[Format, ...] = (
    edfbrowser_xml.FORMAT,
    nsrr_xml.FORMAT,
    philips_rml.FORMAT,
    profusion_xml.FORMAT,
)
"""The first that recognises a file reads it; formats with a mark of their own come first."""


def recognised(source: Source) -> Format | None:
    """Return the format of a file, None where it is none of `FORMATS`."""
    return next((one for one in FORMATS if one.recognises(source)), None)
