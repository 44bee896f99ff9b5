"""Who comes first on a machine that serves and takes in documents at the same time."""

import os
import subprocess
import sys

ASK_TWICE = """
import os
from corpus.processors import let_readers_first
let_readers_first()
let_readers_first()
print(os.nice(0))
"""


def test_a_process_that_takes_in_documents_steps_back_once_and_what_is_lower_stays() -> None:
    for own in (0, 15):
        command = ["nice", "-n", str(own), sys.executable, "-c", ASK_TWICE]
        after = int(subprocess.run(command, capture_output=True, check=True).stdout)
        assert after == min(19, os.nice(0) + max(own, 10))
