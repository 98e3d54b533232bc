"""``python -m glisson.streaming.rehearsal rtmp://host/live/KEY [rtmp://host/live/KEY2]``."""

import argparse
import logging

from . import rehearse


def main() -> None:
    """Publish a rehearsal from the command line."""
    parser = argparse.ArgumentParser(prog="python -m glisson.streaming.rehearsal", description=__doc__)
    parser.add_argument("white", help="RTMP address with stream key for the white light feed")
    parser.add_argument("fluorescence", nargs="?", help="the same for the fluorescence feed")
    parser.add_argument("--size", default="1280x720", help="WIDTHxHEIGHT, default 1280x720")
    parser.add_argument("--fps", type=int, default=25)
    parser.add_argument("--seconds", type=float, help="stop by itself after so long")
    parser.add_argument("--seed", type=int, default=7, help="another number is another liver")
    parser.add_argument("--bit-rate", type=int, default=2_500_000, help="of each picture, bits a second")
    asked = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    width, _, height = asked.size.partition("x")
    rehearse(
        asked.white,
        asked.fluorescence,
        size=(int(width), int(height)),
        fps=asked.fps,
        seconds=asked.seconds,
        seed=asked.seed,
        bit_rate=asked.bit_rate,
    )


if __name__ == "__main__":
    main()
