"""The command line. stdout is the result, stderr is progress and log."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, CycloptsError, Parameter

from psgscore._version import __version__
from psgscore.cli_options import (
    AS_IT_COMES,
    Age,
    AsJson,
    Folder,
    HowToRead,
    Lights,
    Map,
    NoneFound,
    Rules,
    Scoring,
    Sex,
    Stager,
    Window,
)
from psgscore.cli_progress import progress_bar
from psgscore.cli_sit import sit
from psgscore.errors import PsgscoreError
from psgscore.model.criteria import SIDE_BY_SIDE
from psgscore.progress import part

USAGE = 2
INTERRUPTED = 130
_DEFAULT_RULES = tuple(rules.name for rules in SIDE_BY_SIDE)
_TABLES = ("events", "movements", "score")

app = App(
    name="psgscore",
    help="Score the movements of sleep in a polysomnography recording, and report them.",
    version=__version__,
)
app.command(config := App(name="config", help="Show the numbers the rules and the detector use."))
app.command(sit)


@app.command
def check(rec: Path, /, *, channels: Map = None, as_json: AsJson = False) -> int:
    """Show what would be used and why; nothing is scored.

    Parameters
    ----------
    rec
        EDF, EDF+, BDF or BDF+ recording.
    """
    from psgscore.check import check_recording  # noqa: PLC0415 - start-up time
    from psgscore.texts import check_text  # noqa: PLC0415

    with progress_bar() as step:
        step("looking at the recording", 0.0)
        found = check_recording(rec, channels)
    _print(json.dumps(found, indent=2, ensure_ascii=False) if as_json else check_text(found))
    return 0


@app.command
def score(  # noqa: PLR0913 - the options of the command
    rec: Path,
    /,
    *,
    scoring: Scoring = (),
    how: HowToRead = AS_IT_COMES,
    rules: Rules = _DEFAULT_RULES,
    respiratory_window: Window = "wide",
    channels: Map = None,
    movements: Literal["detect", "imported"] = "detect",
    none_found: NoneFound = (),
    stages: Literal["auto", "always", "given"] = "auto",
    fill: Annotated[bool, Parameter(negative=())] = False,
    backend: Stager = "auto",
    age: Age = None,
    sex: Sex = None,
    arousals: Literal["given", "rule", "psgscoring"] = "given",
    lights_off: Lights = None,
    lights_on: Lights = None,
    embed: Annotated[bool, Parameter(negative=())] = False,
    output: Folder = Path(),
    as_json: AsJson = False,
) -> int:
    """Find the leg movements, score them and write tables, annotations and the report.

    Parameters
    ----------
    rec
        EDF, EDF+, BDF or BDF+ recording.
    movements
        Take the movements from the EMG, or from the lab's marks.
    stages
        Stage a recording that comes without stages (auto: if it is long enough), or never.
    fill
        Let automatic stages fill the epochs that the given ones leave unscored.
    arousals
        Who marks arousals where none are given: nobody, a rule of low trust, or psgscoring.
    embed
        Write a copy of the recording with the annotations inside instead of a sidecar.
    """
    from psgscore.io.outputs import write_score  # noqa: PLC0415 - start-up time
    from psgscore.io.rules import load_rules  # noqa: PLC0415
    from psgscore.io.score_json import score_json  # noqa: PLC0415
    from psgscore.opening import moment_s, open_recording  # noqa: PLC0415
    from psgscore.options import Options  # noqa: PLC0415
    from psgscore.pipeline import score_recording  # noqa: PLC0415
    from psgscore.texts import score_text  # noqa: PLC0415

    options = Options(
        scoring=scoring,
        **asdict(how),
        rules=tuple(load_rules(name) for name in rules),
        respiratory_window=respiratory_window,
        movements=movements,
        none_found=frozenset(none_found),
        stages=stages,
        fill=fill,
        backend=backend,
        age=age,
        sex=sex,
        arousals=arousals,
    )
    with progress_bar() as step:
        recording = open_recording(rec, channels)
        lights = (moment_s(lights_off, recording), moment_s(lights_on, recording))
        options = replace(options, lights=lights)
        found = score_recording(recording, options, progress=part(step, 0.0, 0.6))
        step("writing the results", 0.6)
        tables = _TABLES if found.staging is None else (*_TABLES, "hypnogram")
        files = write_score(
            found,
            output,
            rec.stem,
            kinds=(*tables, "embedded" if embed else "annotations", "report"),
            recording=recording,
            inputs=(rec, *scoring),
        )
    _print(score_json(found) if as_json else score_text(found, files))
    return 0


@app.command
def stage(  # noqa: PLR0913 - the options of the command
    rec: Path,
    /,
    *,
    channels: Map = None,
    backend: Stager = "auto",
    age: Age = None,
    sex: Sex = None,
    lights_off: Lights = None,
    lights_on: Lights = None,
    output: Folder = Path(),
) -> int:
    """Stage a recording automatically; nothing else is scored.

    Parameters
    ----------
    rec
        EDF, EDF+, BDF or BDF+ recording.
    """
    from psgscore.io.outputs import write_staging  # noqa: PLC0415 - start-up time
    from psgscore.opening import moment_s, open_recording  # noqa: PLC0415
    from psgscore.stager import stage as stage_recording  # noqa: PLC0415
    from psgscore.texts import stage_text  # noqa: PLC0415

    with progress_bar() as step:
        recording = open_recording(rec, channels)
        lights = (moment_s(lights_off, recording), moment_s(lights_on, recording))
        result = stage_recording(
            recording,
            backend=backend,
            lights=lights,
            age=age,
            sex=sex,
            progress=part(step, 0.0, 0.9),
        )
        step("writing the stages", 0.9)
        files = write_staging(result, output, rec.stem, recording)
    _print(stage_text(result, files))
    return 0


@app.command
def rescore(  # noqa: PLR0913 - the options of the command
    events: Path,
    /,
    *,
    scoring: Scoring = (),
    how: HowToRead = AS_IT_COMES,
    rules: Rules = _DEFAULT_RULES,
    respiratory_window: Window = "wide",
    none_found: NoneFound = (),
    output: Folder = Path(),
    as_json: AsJson = False,
) -> int:
    """Apply the rules to an event table alone: no signals.

    Parameters
    ----------
    events
        BIDS events table, or csv with kind, onset_s and duration_s, of one night.
    """
    from psgscore.io.outputs import write_score  # noqa: PLC0415 - start-up time
    from psgscore.io.rules import load_rules  # noqa: PLC0415
    from psgscore.io.score_json import score_json  # noqa: PLC0415
    from psgscore.rescore import rescore_events  # noqa: PLC0415
    from psgscore.texts import score_text  # noqa: PLC0415

    found = rescore_events(
        (events, *scoring),
        **asdict(how),
        rules=[load_rules(name) for name in rules],
        respiratory_window=respiratory_window,
        none_found=frozenset(none_found),
    )
    stem = events.name.split(".")[0]
    files = write_score(
        found, output, stem, kinds=("movements", "score"), inputs=(events, *scoring)
    )
    _print(score_json(found) if as_json else score_text(found, files))
    return 0


@app.command
def demo(*, hours: float = 8.0, seed: int = 1, output: Folder = Path("psgscore-demo")) -> int:
    """Simulate a night with known truth, score it, report it, and compare.

    Parameters
    ----------
    hours
        Length of the night.
    seed
        Another number is another night.
    """
    from psgscore.demo import run_demo  # noqa: PLC0415 - start-up time
    from psgscore.texts import demo_text  # noqa: PLC0415

    kinds = (*_TABLES, "annotations", "report")
    with progress_bar() as step:
        result = run_demo(output, hours=hours, seed=seed, kinds=kinds, progress=step)
    _print(demo_text(result))
    return 0


@config.command
def show(name: str = "all", /) -> int:
    """Print a rule set as TOML, ready to be changed and passed to --rules.

    Parameters
    ----------
    name
        wasm-2016, aasm-v3, aasm-v2, coleman-1982, detection, movements, or all for their names.
    """
    from psgscore.io.config import criteria_to_toml  # noqa: PLC0415 - start-up time
    from psgscore.io.rules import load_rules  # noqa: PLC0415
    from psgscore.model.criteria import DETECTION, RULE_SETS  # noqa: PLC0415
    from psgscore.model.movement_criteria import MOVEMENTS  # noqa: PLC0415

    if name == "all":
        _print("\n".join([*RULE_SETS, "detection", "movements"]))
    elif name in ("detection", "movements"):
        _print(criteria_to_toml(DETECTION if name == "detection" else MOVEMENTS))
    else:
        _print(criteria_to_toml(load_rules(name)))
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    try:
        code = app(arguments, exit_on_error=False, print_error=False, result_action="return_value")
    except CycloptsError as error:
        return _failed(" ".join(str(error).split()), USAGE)
    except PsgscoreError as error:
        return _failed(str(error), error.exit_code)
    except KeyboardInterrupt:
        return _failed("interrupted: nothing was written", INTERRUPTED)
    except BrokenPipeError:
        # The reader of our output is gone; what is left to print has nowhere to go.
        sys.stderr.close()
        return 1
    return int(code or 0)


def _failed(message: str, code: int) -> int:
    print(f"psgscore: {message}", file=sys.stderr)  # noqa: T201
    return code


def _print(text: str) -> None:
    print(text.rstrip("\n"))  # noqa: T201 - stdout is the result
