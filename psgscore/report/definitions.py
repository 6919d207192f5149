"""x"""

from psgscore.report.parts import Section
from collections.abc import Sequence


def definition_section(sections: Sequence[Section]) -> Section:
    """x"""
    return Section(key="definitions", title="Definitions")
