"""The review page is an extra: without it the command says what to install."""

from __future__ import annotations

import subprocess
import sys

WITHOUT = (
    "import sys\n"
    "class Gone:\n"
    "    def find_spec(self, name, path=None, target=None):\n"
    "        if name.split('.')[0] in ('starlette', 'uvicorn'):\n"
    "            raise ModuleNotFoundError(name)\n"
    "sys.meta_path.insert(0, Gone())\n"
    "import importlib.util\n"
    "found = importlib.util.find_spec\n"
    "def spec(name, package=None):\n"
    "    return None if name in ('starlette', 'uvicorn') else found(name, package)\n"
    "importlib.util.find_spec = spec\n"
    "from psgscore.cli import main\n"
    "sys.exit(main(['review', sys.argv[1], '--no-browser']))\n"
)


def test_without_the_extra_the_command_says_what_to_install(tmp_path):
    command = [sys.executable, "-c", WITHOUT, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    # In double quotes: the command line of Windows knows no others.
    assert 'pip install "psgscore[review]"' in done.stderr
    assert "Traceback" not in done.stderr
