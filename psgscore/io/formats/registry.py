"""Every format of other programs that psgscore reads, in the order they are tried."""

from __future__ import annotations

from psgscore.io.formats import (
    cohort_tables,
    domino,
    dreams,
    edfbrowser_xml,
    luna,
    noxturnal,
    nsrr_xml,
    philips_rml,
    profusion_xml,
    psgscore_json,
    remlogic,
    sleeplab,
    slpdb,
    snooz,
    stage_lists,
    visbrain,
    wsc,
    yasa,
)
from psgscore.io.formats.foreign import Format, Source

FORMATS: tuple[Format, ...] = (
    cohort_tables.ALICE,
    cohort_tables.EVENTS,
    domino.FORMAT,
    dreams.FORMAT,
    edfbrowser_xml.FORMAT,
    luna.FORMAT,
    luna.EPOCHS,
    noxturnal.FORMAT,
    nsrr_xml.FORMAT,
    philips_rml.FORMAT,
    profusion_xml.FORMAT,
    psgscore_json.FORMAT,
    remlogic.FORMAT,
    sleeplab.FORMAT,
    sleeplab.TABLE,
    snooz.FORMAT,
    stage_lists.FORMAT,
    visbrain.ELAN,
    visbrain.FORMAT,
    wsc.ALLSCORE,
    wsc.STG,
    yasa.EVENTS,
    yasa.FORMAT,
)
"""The first that recognises a file reads it; formats with a mark of their own come first."""

BINARY: tuple[Format, ...] = (slpdb.FORMAT,)
"""Those that are no text: asked first, by the name and first bytes of the file."""


def recognised(source: Source) -> Format | None:
    """Return the format of a text, None where it is none of `FORMATS`."""
    return next((one for one in FORMATS if one.recognises(source)), None)


def recognised_binary(source: Source) -> Format | None:
    """Return the format of a file that is no text, None where it is none of `BINARY`."""
    return next((one for one in BINARY if one.recognises(source)), None)
