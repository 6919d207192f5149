"""The colours of the figures: no mark differs from another by colour alone."""

from __future__ import annotations

# Dark enough for print, and told apart by those who confuse red and green.
DARK = "#12263f"
LIGHT = "#7d9fc9"
GREY = "#6b6b6b"
PALE = "#d9d9d9"
STRONG = "#b3450a"
