"""Scorings written in the formats of other programs: one small module per format.

Each writes what its format can hold; `psgscore.convert` reads the file back and says what did
not survive. `registry` lists the formats. Times are written to 1 us.
"""
