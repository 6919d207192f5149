"""Work in a process of its own, when the program ends meanwhile."""

from __future__ import annotations

import subprocess
import sys

# The thread is in the middle of starting the process when the program ends. Without the wait at
# the end the last thing that the program does lets it go on, too late.
ENDS_MEANWHILE = """
import atexit, threading
ended = threading.Event()
atexit.register(ended.set)
import time
from contextlib import suppress
from multiprocessing import util
from psgscore.errors import PsgscoreError
from psgscore.in_child import in_child

begun, start = threading.Event(), util.spawnv_passfds

def slowly(*arguments):
    process = start(*arguments)
    if "spawn_main" not in str(arguments):  # the tracker of resources
        return process
    begun.set()
    ended.wait(1.0)
    if ended.is_set():
        threading.Event().wait()
    return process

def work():
    with suppress(PsgscoreError):  # the process is ended, and nobody waits for its result
        in_child(time.sleep, 600)

util.spawnv_passfds = slowly
threading.Thread(target=work, daemon=True).start()
begun.wait()
"""


def test_a_program_that_ends_while_a_process_starts_says_nothing():
    command = [sys.executable, "-c", ENDS_MEANWHILE]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
