"""The command line. stdout is the result, stderr is progress and log."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import App, CycloptsError, Parameter

from psgscore._version import __version__
from psgscore.cli_config import config
from psgscore.cli_convert import convert
from psgscore.cli_dataset import dataset
from psgscore.cli_deidentify import deidentify
from psgscore.cli_options import (
    DEFAULT_FORMATS,
    TABLES,
    Age,
    AsJson,
    Folder,
    Formats,
    LabsReport,
    Lights,
    Map,
    Sex,
    Stager,
    printed,
)
from psgscore.cli_progress import print_result, progress_bar
from psgscore.cli_report import report
from psgscore.cli_review import review
from psgscore.cli_score import rescore, score
from psgscore.cli_sit import sit
from psgscore.cli_trend import trend
from psgscore.errors import PsgscoreError
from psgscore.progress import part

USAGE = 2
INTERRUPTED = 130

app = App(
    name="psgscore",
    help="Score the movements of sleep in a polysomnography recording, and report them.",
    version=__version__,
)
for command in (config, score, report, sit, rescore, review, convert, trend, dataset, deidentify):
    app.command(command)


@app.command
def check(
    rec: Path,
    /,
    *,
    channels: Map = None,
    write_map: Annotated[
        Path | None, Parameter(help="Write the channel map that was used, to edit it.")
    ] = None,
    as_json: AsJson = False,
) -> int:
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
        found = check_recording(rec, channels, map_to=write_map)
    text = check_text(found) + (f"\nwrote {write_map}" if write_map else "")
    print_result(json.dumps(found, indent=2, ensure_ascii=False) if as_json else text)
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
    print_result(stage_text(result, files))
    return 0


@app.command
def demo(
    *,
    hours: float = 8.0,
    seed: int = 1,
    formats: Formats = DEFAULT_FORMATS,
    report_settings: LabsReport = None,
    output: Folder = Path("psgscore-demo"),
) -> int:
    """Simulate a night with known truth, score it, report it, and compare.

    Parameters
    ----------
    hours
        Length of the night.
    seed
        Another number is another night.
    """
    from psgscore.demo import run_demo  # noqa: PLC0415 - start-up time
    from psgscore.io.report_settings import load_report_settings  # noqa: PLC0415
    from psgscore.texts import demo_text  # noqa: PLC0415

    kinds = tuple(dict.fromkeys((*TABLES, "annotations", *printed(formats))))
    look = load_report_settings(report_settings)
    with progress_bar() as step:
        result = run_demo(output, hours=hours, seed=seed, kinds=kinds, report=look, progress=step)
    print_result(demo_text(result))
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
