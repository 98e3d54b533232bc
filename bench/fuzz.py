"""Mutated RTMP sessions against our parser (`fuzz_rtmp`): no crash, bounded memory, nothing with a wrong key."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from .lengths import Lengths
from .row import Row

ID = "streaming.fuzz"
TARGET = "1,000,000 sessions: 0 crashes, memory bounded, nothing accepted with a wrong key"


def run(lengths: Lengths) -> list[Row]:
    """Run as many sessions as the lengths say."""
    command = [sys.executable, str(Path(__file__).parent / "fuzz_rtmp.py"), "--sessions", str(lengths.fuzz_sessions)]
    done = subprocess.run(command, capture_output=True, text=True, env={"PYTHONPATH": "src", "PATH": "/usr/bin:/bin"})
    if not done.stdout.strip():
        return [Row(ID, None, "failures", TARGET, met=False, notes=[done.stderr[-400:]])]
    result = json.loads(done.stdout)
    failures = result["crashes"] + result["wrong_key_media"]
    grown, buffered = result["memory_growth_bytes"] / 1e6, result["most_buffered_bytes"]
    notes = [
        f"{result['sessions_a_second']} sessions a second, {result['reached']['admitted']} of them admitted; "
        f"memory grew by {grown:.1f} MB, most buffered {buffered} bytes"
    ]
    return [
        Row(ID, float(failures), f"failures in {lengths.fuzz_sessions:,}", TARGET, met=result["passed"], notes=notes)
    ]
