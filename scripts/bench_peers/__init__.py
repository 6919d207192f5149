"""psgscore and other programs on the same simulated nights, in the same run.

`tools` says how each is run, `child` runs one in a process of its own, `runs` starts those
processes, `nights` makes the nights and holds the truth, `results` judges what was found and
`table` writes it down.
"""
