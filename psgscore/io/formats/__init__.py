"""Scoring files of other programs: one small grammar per format, words in label tables.

A grammar turns a file into a `ForeignScoring`, in the file's own words and on its own clock;
`psgscore.io.scoring_files` looks the words up, puts the times on the recording's clock and says
what did not fit. `registry` lists the formats; each is recognised from its content.
"""
