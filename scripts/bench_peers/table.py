"""The tables of docs/benchmarks.md, and the place between two marks where they stand."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench_peers.nights import Truth
from bench_peers.results import Judged, judge, same_stages
from bench_peers.runs import Run

BEGIN, END = "<!-- benchmark: begin -->", "<!-- benchmark: end -->"
NONE = "-"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Measured:
    """All runs: by resting EMG for the legs, alone for the stages; ours first in each."""

    truths: Mapping[str, Truth]
    legs: Mapping[str, Sequence[Run]]
    staging: Sequence[Run]
    staging_truth: Truth
    conditions: str


def tables(measured: Measured) -> str:
    """Return all tables as Markdown."""
    by_tool = list(zip(*measured.legs.values(), strict=True))
    parts = [
        measured.conditions,
        "### Time and memory: leg movements",
        cost_table(by_tool),
        *_accuracy(measured),
        "### Time and memory: stages",
        cost_table([(run,) for run in measured.staging]),
        stages_table(measured.staging, measured.staging_truth),
        "### Settings",
        settings_list([*(runs[0] for runs in by_tool), *measured.staging]),
    ]
    return "\n\n".join(parts)


def cost_table(by_tool: Sequence[Sequence[Run]]) -> str:
    """Return what each tool costs, in ratio to the first; medians over its runs.

    Ratios are of processor time: the clock also counts who else works on the machine.
    """
    head = (
        "| program | new process: x ours | processor s | clock s "
        "| again: x ours | processor s | clock s | memory, MiB |\n"
        "|---|---|---|---|---|---|---|---|"
    )
    rows = []
    for runs in by_tool:
        reason = _failed(runs)
        cells = [reason, *[NONE] * 6] if reason else _cost(runs, by_tool[0])
        rows.append(_row(runs[0].tool.title, *cells))
    return "\n".join([head, *rows])


def _cost(runs: Sequence[Run], ours: Sequence[Run]) -> list[str]:
    cold, warm = _median(runs, "cpu_s"), _median(runs, "warm_cpu_s")
    memory = max((run.peak_mib for run in runs if run.peak_mib is not None), default=None)
    return [
        _ratio(cold, _median(ours, "cpu_s")),
        _number(cold, "{:.1f}"),
        _number(_median(runs, "cold_s"), "{:.1f}"),
        _ratio(warm, _median(ours, "warm_cpu_s")),
        _number(warm, "{:.2f}"),
        _number(_median(runs, "warm_s"), "{:.2f}"),
        _number(memory, "{:.0f}"),
    ]


def _accuracy(measured: Measured) -> list[str]:
    """Return hits, false ones and index errors, a table each, levels as columns."""
    judged = {
        level: [_judged(run, measured.truths[level]) for run in runs]
        for level, runs in measured.legs.items()
    }
    views: dict[str, Callable[[Judged], str]] = {
        "Hits, of the true movements": lambda one: f"{one.hits.n_hits} of {one.hits.n_reference}",
        "False movements": lambda one: str(one.n_false),
        "PLMS index less the true one, per hour": _index_error,
    }
    titles = [run.tool.title for run in next(iter(measured.legs.values()))]
    head = _row("resting EMG", *judged)
    rule = "|---" * (1 + len(judged)) + "|"
    parts = []
    for title, view in views.items():
        rows = [
            _row(name, *(_seen(judged[level][number], view) for level in judged))
            for number, name in enumerate(titles)
        ]
        parts += [f"### {title}", "\n".join([head, rule, *rows])]
    return parts


def _judged(run: Run, truth: Truth) -> Judged | None:
    return None if run.error else judge(run.found, truth, run.tool.rules)


def _seen(judged: Judged | None, view: Callable[[Judged], str]) -> str:
    return NONE if judged is None else view(judged)


def _index_error(judged: Judged) -> str:
    error = judged.index_error_per_h
    # What rounds to nothing has no sign.
    return _number(None if error is None else round(error, 1) + 0.0, "{:+.1f}")


def stages_table(runs: Sequence[Run], truth: Truth) -> str:
    """Return how many epochs are staged as by the first tool, and as simulated."""
    simulated = truth.hypnogram.stages.tolist()
    ours = runs[0].found.get("stages", [])
    rows = [_row("program", "epochs as psgscore", "epochs as simulated"), "|---|---|---|"]
    for run in runs:
        stages = run.found.get("stages", [])
        shares = [same_stages(stages, other) for other in (ours, simulated)]
        rows.append(_row(run.tool.title, *(_percent(share) for share in shares)))
    return "\n".join(rows)


def settings_list(runs: Sequence[Run]) -> str:
    """Return what was run, with which settings and versions."""
    lines = []
    for run in runs:
        known = ", ".join(f"{name} {number}" for name, number in run.versions.items() if number)
        lines.append(f"- {run.tool.title} ({known or 'version not known'}): {run.tool.settings}.")
    return "\n".join(lines)


def write_between(path: Path, text: str) -> None:
    """Put the text between the marks of a page.

    Raises
    ------
    ValueError
        The page does not hold each mark once, in order.
    """
    page = path.read_text("utf-8")
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end or BEGIN in rest or END in before + after:
        raise ValueError(f"{path}: needs {BEGIN!r} and after it {END!r}, each once")
    path.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", "utf-8")


def _failed(runs: Sequence[Run]) -> str:
    """Return why the first run that failed did, "" where all went well."""
    return next((run.error.replace("|", "/") for run in runs if run.error), "")


def _median(runs: Sequence[Run], name: str) -> float | None:
    known = [value for value in (getattr(run, name) for run in runs) if value is not None]
    return statistics.median(known) if known else None


def _ratio(value: float | None, ours: float | None) -> str:
    return NONE if value is None or not ours else f"{value / ours:.1f}"


def _number(value: float | None, form: str) -> str:
    return NONE if value is None else form.format(value)


def _percent(share: float | None) -> str:
    return NONE if share is None else f"{100 * share:.1f} %"


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"
