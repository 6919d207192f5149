"""Print every rule set, and the detector, as TOML into the package: run after changing a number."""

from __future__ import annotations

from pathlib import Path

from psgscore.io.config import criteria_to_toml
from psgscore.model.criteria import DETECTION, RULE_SETS

FOLDER = Path(__file__).parents[1] / "psgscore" / "configs" / "rules"


def main() -> None:
    """Write the files."""
    FOLDER.mkdir(exist_ok=True)
    for name, rules in RULE_SETS.items():
        (FOLDER / f"{name}.toml").write_text(criteria_to_toml(rules), "utf-8")
    (FOLDER / "detection.toml").write_text(criteria_to_toml(DETECTION, table="detection"), "utf-8")


if __name__ == "__main__":
    main()
