"""What is known of a recording when its results are complete, and when it failed.

``STEM.done.json`` is written after all other files of a recording and says what they were
made from and what they hold. Resuming and collecting trust it and its hashes, nothing else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from psgscore._version import __version__
from psgscore.batch.task import Failure, Task
from psgscore.io.plain_values import plain
from psgscore.io.score_json import json_text
from psgscore.io.store import Store
from psgscore.model.criteria import criteria_hash
from psgscore.opening import sha256_of

DONE, FAILED = ".done.json", ".failed.json"
_SCHEMA_VERSION = 1
_RSN = "rsn:"
_FILES = ("labels", "table", "channels")
_OF_ONE = ("scoring", "stage_codes", *_FILES, "lights", "age", "sex", "study_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A complete recording.

    Parameters
    ----------
    program : str
        Version that scored it.
    asked : mapping of str to str
        Hashes of what was asked for; see `asked_for`.
    inputs : tuple of (str, str)
        Names and hashes of the recording and its scoring files.
    outputs : mapping of str to str
        Hash of each file, by name.
    subject, night, scorer : str
        As the manifest had them.
    """

    program: str
    asked: Mapping[str, str]
    inputs: tuple[tuple[str, str], ...]
    outputs: Mapping[str, str]
    subject: str = ""
    night: str = ""
    scorer: str = ""

    def answers(self, task: Task, asked: Mapping[str, str]) -> bool:
        """Return whether it is what this version would do for a task, its inputs left aside."""
        same = self.program == __version__ and self.asked == asked
        return same and whose(task) == (self.subject, self.night, self.scorer)

    def is_intact(self, store: Store, key: str) -> bool:
        """Return whether every file is there and holds what was written."""
        folder = key.rpartition("/")[0]
        return all(
            content_hash(store.read(below(folder, name))) == found
            for name, found in self.outputs.items()
        )


def whose(task: Task) -> tuple[str, str, str]:
    """Return what the manifest says of whose night a task is."""
    return task.subject, task.night, task.scorer


def below(folder: str, name: str) -> str:
    """Return the name of a file in a folder, "" being the root."""
    return f"{folder}/{name}" if folder else name


def content_hash(data: bytes | None) -> str:
    """Return the SHA-256 of what a file holds, "" where there is none."""
    return "" if data is None else hashlib.sha256(data).hexdigest()


def asked_for(task: Task) -> dict[str, str]:
    """Return hashes over the numbers of the rules, the settings of a run, and every option.

    Settings are what recordings of one table should have in common; options are those and
    what belongs to one recording, such as its channel map and the age of the person.

    Files that say how to score count by their content, so that an edited channel map is
    another run and a moved one is not.

    Raises
    ------
    InputPathError
        One of those files cannot be read.
    """
    options = task.options
    backend = str(options.backend)
    if backend.startswith(_RSN):
        backend = _RSN + sha256_of(backend.removeprefix(_RSN))
    files = {name: getattr(options, name) for name in _FILES}
    named: dict[str, Any] = {name: path and sha256_of(path) for name, path in files.items()}
    told = plain(replace(options, scoring=(), backend=backend, **named))
    numbers = (*options.rules, options.detection, options.movement_criteria)
    return {
        "criteria_sha256": criteria_hash(*numbers),
        "settings_sha256": _hash({name: told[name] for name in told if name not in _OF_ONE}),
        "options_sha256": _hash([told, task.lights, sorted(task.kinds)]),
    }


def _hash(value: Any) -> str:
    return content_hash(json.dumps(value, sort_keys=True).encode())


def done_text(
    task: Task,
    asked: Mapping[str, str],
    inputs: Sequence[tuple[str, str]],
    files: Sequence[Path],
) -> str:
    """Return the record of a recording whose files are written: the same run, the same bytes."""
    (name, digest), *scoring = inputs
    return json_text(
        {
            "schema_version": _SCHEMA_VERSION,
            "program": "psgscore",
            "version": __version__,
            "asked": dict(asked),
            "recording": {"name": name, "sha256": digest},
            "scoring": [{"name": one, "sha256": found} for one, found in scoring],
            "subject": task.subject,
            "night": task.night,
            "scorer": task.scorer,
            "outputs": [
                {
                    "name": file.name,
                    "bytes": file.stat().st_size,
                    "sha256": sha256_of(file),
                }
                for file in files
            ],
        }
    )


def read_done(store: Store, key: str) -> Done | None:
    """Return the record of a complete recording; None where there is none that can be read."""
    found = _document(store, f"{key}{DONE}")
    if found.get("schema_version") != _SCHEMA_VERSION:
        return None
    try:
        return Done(
            program=found["version"],
            asked=found["asked"],
            inputs=tuple(
                (one["name"], one["sha256"]) for one in (found["recording"], *found["scoring"])
            ),
            outputs={one["name"]: one["sha256"] for one in found["outputs"]},
            subject=found["subject"],
            night=found["night"],
            scorer=found["scorer"],
        )
    except (KeyError, TypeError):
        return None


def failed_text(task: Task, failure: Failure) -> str:
    """Return the record of a recording that failed."""
    return json_text(
        {
            "schema_version": _SCHEMA_VERSION,
            "program": "psgscore",
            "version": __version__,
            "recording": task.recording,
            "subject": task.subject,
            "night": task.night,
            "scorer": task.scorer,
            **asdict(failure),
        }
    )


def read_failed(store: Store, key: str) -> dict[str, str] | None:
    """Return what failed, as texts by their names; None where nothing did."""
    found = _document(store, f"{key}{FAILED}")
    return {name: str(value) for name, value in found.items()} if found else None


def _document(store: Store, name: str) -> dict[str, Any]:
    """Return a JSON document; an empty one where it is missing or damaged."""
    try:
        found = json.loads(store.read(name) or b"")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
