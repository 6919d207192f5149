"""Review of a score by a person: edits, their journal, pages of signals, and the local server."""
