"""``psgscore config``: the numbers the rules and the detectors use."""

from __future__ import annotations

from cyclopts import App

from psgscore.cli_progress import print_result

config = App(name="config", help="Show the numbers the rules and the detectors use.")


@config.command
def show(name: str = "all", /) -> int:
    """Print numbers as TOML, ready to be changed: rule sets for --rules, others for --criteria.

    Parameters
    ----------
    name
        wasm-2016, aasm-v3, aasm-v2, coleman-1982, detection, movements, report (the look of the
        reports, for --report-settings), or all for their names.
    """
    from psgscore.io.config import criteria_to_toml  # noqa: PLC0415 - start-up time
    from psgscore.io.report_settings import default_settings_toml  # noqa: PLC0415
    from psgscore.io.rules import load_rules  # noqa: PLC0415
    from psgscore.model.criteria import DETECTION, RULE_SETS  # noqa: PLC0415
    from psgscore.model.movement_criteria import MOVEMENTS  # noqa: PLC0415

    if name == "all":
        print_result("\n".join([*RULE_SETS, "detection", "movements", "report"]))
    elif name == "detection":
        print_result(criteria_to_toml(DETECTION, table=name))
    elif name == "movements":
        print_result(criteria_to_toml(MOVEMENTS).lstrip())
    elif name == "report":
        print_result(default_settings_toml())
    else:
        print_result(criteria_to_toml(load_rules(name)))
    return 0
