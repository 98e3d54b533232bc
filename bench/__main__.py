"""``python -m bench [--only PREFIX] [--full] [--docs]``: measure, print the table, write build/bench.json."""

from __future__ import annotations

import argparse
import importlib
import json
import time
import traceback
from pathlib import Path

from . import machine
from .lengths import Lengths
from .row import Row
from .table import printed

ROOMS = (
    "ingest_cpu",
    "glass_interactive",
    "glass_hls",
    "fanout_ws",
    "viewers_hls",
    "bytes",
    "cache",
    "hls_rules",
    "resume",
    "skew",
    "rough_line",
    "recording",
    "fuzz",
)
BUILD = Path("build")
DOCS = Path("docs/benchmarks.md")
BEGINS, ENDS = "<!-- table: made by python -m bench --docs -->", "<!-- table ends -->"


def main() -> None:
    """Run the rows that were asked for, one after the other, each alone on the machine."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--only", default="", metavar="PREFIX", help="rows whose id starts so, for example streaming.glass"
    )
    parser.add_argument("--full", action="store_true", help="the targets' full lengths (two hours)")
    parser.add_argument("--docs", action="store_true", help="put the table into docs/benchmarks.md as well")
    asked = parser.parse_args()
    lengths = Lengths.chosen(asked.full)
    rows: list[Row] = []
    print(f"{machine.description()}\n{lengths}\n", flush=True)
    for room in ROOMS:
        if f"streaming.{room}".startswith(asked.only) or asked.only.startswith(f"streaming.{room}_"):
            rows += measure(room, lengths)
    heading = f"{time.strftime('%d %B %Y', time.gmtime())}; {machine.description()}; {lengths}"
    BUILD.mkdir(exist_ok=True)
    (BUILD / "bench.json").write_text(json.dumps([row.to_json() for row in rows], indent=1, ensure_ascii=False) + "\n")
    (BUILD / "bench.md").write_text(printed(rows, heading))
    if asked.docs:
        put_into(DOCS, printed(rows, heading))
    print(printed(rows, heading))


def put_into(page: Path, table: str) -> None:
    """Replace the table between the page's two marks."""
    before, _, rest = page.read_text().partition(BEGINS)
    _, _, after = rest.partition(ENDS)
    page.write_text(f"{before}{BEGINS}\n\n{table}\n{ENDS}{after}")


def measure(room: str, lengths: Lengths) -> list[Row]:
    """Run one room; a room that fails gives a row that says so, and the others go on."""
    start = time.monotonic()
    print(f"streaming.{room} …", flush=True)
    try:
        rows = importlib.import_module(f"bench.{room}").run(lengths)
    except Exception as error:
        traceback.print_exc()
        rows = [Row(f"streaming.{room}", None, "", "", notes=[f"not measured: {error}"])]
    for row in rows:
        print(f"  {row.id}: {row.value} {row.unit}, met: {row.met} ({time.monotonic() - start:.0f} s)", flush=True)
        for note in row.notes:
            print(f"    {note}", flush=True)
    return rows


if __name__ == "__main__":
    main()
