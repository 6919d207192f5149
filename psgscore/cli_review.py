"""``psgscore review``: a person looks at a score in the browser, corrects and signs it."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from psgscore.cli_options import Map, Scoring
from psgscore.errors import UsageError

_MINUTE_S = 60.0


def review(  # noqa: PLR0913 - the options of the command
    rec: Path,
    /,
    *,
    scoring: Scoring = (),
    channels: Map = None,
    output: Annotated[
        Path | None,
        Parameter(name=["--output", "-o"], help="Folder for journal and results."),
    ] = None,
    reviewer: str = "",
    blind: Annotated[bool, Parameter(negative=())] = False,
    second: Path | None = None,
    adjudicate: tuple[Path, Path] | None = None,
    masked: Annotated[bool, Parameter(negative=())] = False,
    at: str | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
    anyone_may_connect: Annotated[bool, Parameter(negative=())] = False,
    browser: bool = True,
    idle_minutes: float = 30.0,
) -> int:
    """Review recordings in the browser: confirm, correct, sign. Nothing leaves this computer.

    Parameters
    ----------
    rec
        EDF, EDF+, BDF or BDF+ recording, or a folder of them.
    output
        Without it everything lies beside each recording.
    reviewer
        Who reviews, for the journal.
    blind
        Score without seeing anything automatic; needs --reviewer.
    second
        Journal or scoring of another scorer, to see where the two differ.
    adjudicate
        Journals or scorings of two scorers, to decide where they differ; needs --reviewer.
    masked
        With --adjudicate: do not show which scorer is which.
    at
        Where to begin: HH:MM, HH:MM:SS, or seconds from the start.
    host
        Address to listen on.
    port
        Port to listen on; 0 takes one that is free.
    anyone_may_connect
        Let --host be an address that other computers reach, without encryption.
    browser
        Open the browser; without it the address is printed only.
    idle_minutes
        Leave when nobody has looked for so long.
    """
    _require_library()
    from psgscore.cli_progress import print_result  # noqa: PLC0415 - start-up time
    from psgscore.options import Options  # noqa: PLC0415
    from psgscore.review.server import Address, open_browser  # noqa: PLC0415
    from psgscore.review_plan import Plan  # noqa: PLC0415
    from psgscore.review_work import Served, run_review  # noqa: PLC0415

    plan = Plan(
        options=Options(scoring=scoring, channels=channels),
        folder=output,
        reviewer=reviewer,
        blind=blind,
        second=second,
        adjudicate=adjudicate,
        masked=masked,
    )

    def told(url: str) -> None:
        print_result(url)
        if browser:
            open_browser(url)

    served = Served(
        address=Address(host=host, port=port, anywhere=anyone_may_connect),
        at=at,
        idle_exit_s=idle_minutes * _MINUTE_S,
    )
    run_review(rec, plan, served, told)
    return 0


def _require_library() -> None:
    """Say what is missing before anything asks for it: the server is an extra."""
    missing = [name for name in ("starlette", "uvicorn") if find_spec(name) is None]
    if missing:
        raise UsageError(
            f'reviewing needs {" and ".join(missing)}: python -m pip install "psgscore[review]"'
        )
