"""Check HTML reports with axe-core in a headless Chromium, as someone who listens would meet them.

Usage: python scripts/check_accessibility.py --axe axe.min.js REPORT.html ...

axe-core is the package of that name on npm (`npm install axe-core`; the file is
node_modules/axe-core/axe.min.js). Exits 1 where it finds anything, and 0 with a message where
there is no Chromium.
"""

from __future__ import annotations

import argparse
import html
import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
TIME_LIMIT_S = 120
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
_RESULT = re.compile(r'<pre id="axe-found">(.*?)</pre>', re.DOTALL)
_RUN = """
axe.run(document, {resultTypes: ["violations", "incomplete"]}).then(found => {
  const said = one => ({rule: one.id, impact: one.impact, help: one.help,
    where: one.nodes.map(node => node.target.join(" ")).slice(0, 5), count: one.nodes.length});
  const all = {violations: found.violations.map(said), incomplete: found.incomplete.map(said)};
  const result = document.createElement("pre");
  result.id = "axe-found";
  result.textContent = JSON.stringify(all);
  document.body.append(result);
});
"""


def main(arguments: list[str] | None = None) -> int:
    """Check every report and print what was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("reports", type=Path, nargs="+")
    parser.add_argument("--axe", type=Path, required=True, help="axe.min.js")
    parser.add_argument("--chromium", default="", help="path of the browser")
    given = parser.parse_args(arguments)
    browser = given.chromium or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not browser:
        print("accessibility: not checked, because there is no Chromium on this machine")
        return 0
    axe = given.axe.read_text("utf-8")
    counts = [reported(path, checked(path, axe, browser)) for path in given.reports]
    print(f"{len(counts)} reports, {sum(counts)} findings")
    return 1 if sum(counts) else 0


def checked(path: Path, axe: str, browser: str) -> dict[str, list[dict[str, Any]]]:
    """Return what axe-core finds in a report; a copy of it lets the script in."""
    page = _POLICY.sub("", path.read_text("utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "report.html"
        copy.write_text(f"{page}<script>{axe}</script><script>{_RUN}</script>", "utf-8")
        command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--window-size=1280,900"]
        command += [f"--user-data-dir={folder}/user", "--virtual-time-budget=60000", "--dump-dom"]
        done = subprocess.run(
            [*command, copy.as_uri()], capture_output=True, timeout=TIME_LIMIT_S, check=True
        )
    found = _RESULT.search(done.stdout.decode("utf-8"))
    if found is None:
        raise SystemExit(f"{path}: axe-core did not come to an end")
    result: dict[str, list[dict[str, Any]]] = json.loads(html.unescape(found[1]))
    return result


def reported(path: Path, found: dict[str, list[dict[str, Any]]]) -> int:
    """Print what was found in a report and what was left open, and return how much was found."""
    for one in found["violations"]:
        places = ", ".join(one["where"])
        print(f"{path}: {one['impact']}: {one['rule']}: {one['help']} ({one['count']}: {places})")
    left_open = ", ".join(f"{one['rule']} ({one['count']})" for one in found["incomplete"])
    print(f"{path}: {len(found['violations'])} findings; for a person: {left_open or 'nothing'}")
    return len(found["violations"])


if __name__ == "__main__":
    raise SystemExit(main())
