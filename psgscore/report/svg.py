"""Drawing without a screen: the same score gives the same bytes of SVG."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Dark enough for print, and told apart by those who confuse red and green; no mark differs
# from another by colour alone.
DARK = "#12263f"
LIGHT = "#7d9fc9"
GREY = "#6b6b6b"
PALE = "#d9d9d9"
STRONG = "#b3450a"

_STYLE: Mapping[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "psgscore",
    "path.simplify": False,
    "text.parse_math": False,
    "font.family": ["DejaVu Sans"],
    "font.size": 9.0,
    "axes.linewidth": 0.7,
    "axes.edgecolor": "#333333",
    "axes.titlesize": 9.0,
    "axes.titlelocation": "left",
    "axes.titlepad": 4.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.major.width": 0.7,
    "ytick.major.width": 0.7,
    "xtick.major.size": 3.0,
    "ytick.major.size": 2.5,
    "hatch.linewidth": 0.6,
    "legend.frameon": False,
}
_NO_METADATA = dict.fromkeys(("Date", "Creator", "Format", "Type"))


def draw_svg(name: str, width_in: float, height_in: float, paint: Callable[[Figure], None]) -> str:
    """Draw a figure and return it as an SVG element.

    Parameters
    ----------
    name : str
        Put before every id of the drawing, so that several can stand in one page.
    width_in, height_in : float
        Size in inches.
    paint : callable
        Draws on the empty figure.

    Returns
    -------
    str
        ``<svg ...>...</svg>``, free of dates and random ids.
    """
    import matplotlib as mpl  # noqa: PLC0415 - start-up time
    from matplotlib.figure import Figure  # noqa: PLC0415

    buffer = io.StringIO()
    with mpl.rc_context():
        # A user's own matplotlib settings must not change a report.
        mpl.rcdefaults()
        mpl.rcParams.update(_STYLE)
        figure = Figure(figsize=(width_in, height_in))
        paint(figure)
        figure.savefig(buffer, format="svg", metadata=_NO_METADATA)
    return _embeddable(buffer.getvalue(), name)


def _embeddable(text: str, name: str) -> str:
    """Cut the XML prologue off and make every id the drawing's own."""
    element = text[text.index("<svg") :].strip()
    element = re.sub(r'(\bid=")', rf"\1{name}-", element)
    element = re.sub(r'((?:xlink:)?href="#)', rf"\1{name}-", element)
    return re.sub(r"(url\(#)", rf"\1{name}-", element)
