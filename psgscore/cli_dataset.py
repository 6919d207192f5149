"""``psgscore dataset``: the recordings of a public data set, with their scoring, as a manifest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from psgscore.cli_options import AsJson
from psgscore.cli_progress import print_result
from psgscore.errors import UsageError

if TYPE_CHECKING:
    from psgscore.datasets import Manifest
    from psgscore.io.dataset_table import Dataset


def dataset(
    name: str | None = None,
    root: Path | None = None,
    /,
    *,
    show_list: Annotated[bool, Parameter(name="--list", negative=())] = False,
    absolute: Annotated[bool, Parameter(negative=())] = False,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"])] = None,
    as_json: AsJson = False,
) -> int:
    """List the recordings of a public data set and their scoring files; nothing is downloaded.

    Parameters
    ----------
    name
        The data set; --list shows their names.
    root
        Folder it was copied to.
    show_list
        Show the data sets that are known.
    absolute
        Write absolute paths instead of those from ROOT.
    output
        Manifest (CSV) to write; the channel map of the set goes beside it.
    """
    if show_list:
        if name is not None:
            raise UsageError("--list takes no data set: psgscore dataset --list")
        return _listed(as_json)
    if name is None or root is None:
        raise UsageError("give a data set and its folder: psgscore dataset NAME ROOT, or --list")
    from psgscore.datasets import manifest  # noqa: PLC0415 - start-up time
    from psgscore.io.dataset_table import dataset_called  # noqa: PLC0415

    found = manifest(dataset_called(name), root)
    base = root.resolve().as_posix() if absolute else ""
    files = [] if output is None else _written(found, output, root, base=base)
    if as_json:
        print_result(json.dumps(_document(found, base, files), indent=2, ensure_ascii=False))
    else:
        print_result(_text(found, files))
    return 0


def _listed(as_json: bool) -> int:
    from psgscore.io.dataset_table import dataset_called, dataset_names  # noqa: PLC0415

    known = [dataset_called(name) for name in dataset_names()]
    if as_json:
        print_result(json.dumps([_about(one) for one in known], indent=2, ensure_ascii=False))
    else:
        print_result("\n".join(f"{one.name:10}  {one.title}  {one.home}" for one in known))
    return 0


def _about(one: Dataset) -> dict[str, Any]:
    names = ("name", "title", "home", "terms", "layout", "formats", "stage_codes", "notes")
    return {name: getattr(one, name) for name in names}


def _written(found: Manifest, output: Path, root: Path, *, base: str) -> list[Path]:
    """Write the manifest, and the channel map if there is none: people change theirs."""
    from psgscore.io.atomic import atomic_outputs  # noqa: PLC0415 - start-up time
    from psgscore.io.dataset_table import channels_toml  # noqa: PLC0415
    from psgscore.io.manifest_csv import joined, manifest_csv  # noqa: PLC0415

    _refuse_inputs(found, output, root)
    channels = channels_toml(found.dataset)
    beside = output.parent / f"{found.dataset.name}.channels.toml"
    told = "" if not channels else str(beside.resolve()) if base else beside.name
    cells = [
        {**row, "channels": told, "scoring": joined(row["scoring"])} for row in _rows(found, base)
    ]
    with atomic_outputs(output.parent) as out:
        out.write_text(output.name, manifest_csv(_in_order(cells)))
        if channels and not beside.exists():
            out.write_text(beside.name, channels)
    return list(out.written)


def _in_order(rows: list[dict[str, Any]]) -> list[list[str]]:
    from psgscore.io.manifest_csv import COLUMNS  # noqa: PLC0415 - start-up time

    return [[row[name] for name in COLUMNS] for row in rows]


def _refuse_inputs(found: Manifest, output: Path, root: Path) -> None:
    """Refuse to write over a file of the data set."""
    target, folder = output.resolve(), root.resolve()
    if not target.is_relative_to(folder) or not target.exists():
        return
    name = target.relative_to(folder).as_posix()
    used = {path for one in found.rows for path in (one.recording, *one.scoring)}
    if name in used | {one.path for one in found.unused}:
        raise UsageError(f"{output}: is a file of the data set: give the manifest another name")


def _rows(found: Manifest, base: str) -> list[dict[str, Any]]:
    """Return the rows as they are written; `base` makes their paths absolute."""
    before = f"{base.rstrip('/')}/" if base else ""
    return [
        {
            "recording": f"{before}{row.recording}",
            "scoring": [f"{before}{path}" for path in row.scoring],
            "stage_codes": row.stage_codes,
            "labels": row.labels,
            "channels": row.channels,
            "subject": row.subject,
            "night": row.night,
            "scorer": row.scorer,
            "note": row.note,
        }
        for row in found.rows
    ]


def _document(found: Manifest, base: str, files: list[Path]) -> dict[str, Any]:
    return {
        "dataset": _about(found.dataset),
        "rows": _rows(found, base),
        "unused": [{"path": one.path, "code": one.code, "why": one.why} for one in found.unused],
        "findings": [
            {"code": one.code, "severity": one.severity, "message": one.message}
            for one in found.findings
        ],
        "files": [str(path) for path in files],
    }


def _text(found: Manifest, files: list[Path]) -> str:
    recordings = len({row.recording for row in found.rows})
    scorers = {row.scorer for row in found.rows} - {""}
    with_scoring = len({row.recording for row in found.rows if row.scoring})
    lines = [
        f"{found.dataset.title}",
        f"  terms: {found.dataset.terms}; {found.dataset.home}",
        f"  {recordings} recordings, {with_scoring} with scoring, {len(found.rows)} rows"
        + (f", {len(scorers)} scorers" if scorers else ""),
    ]
    lines += [f"  note: {note}" for note in found.dataset.notes]
    lines += [f"  {one.severity}: {one.message} [{one.code}]" for one in found.findings]
    lines += [f"written: {path}" for path in files] or ["nothing written: -o FILE.csv does"]
    return "\n".join(lines)
