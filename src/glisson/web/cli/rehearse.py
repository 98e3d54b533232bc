"""``glisson rehearse``: a synthetic operation, published as an encoder would."""

from __future__ import annotations

import click


@click.command()
@click.argument("white_light", metavar="RTMP_ADDRESS/STREAM_KEY")
@click.argument("fluorescence", metavar="[RTMP_ADDRESS/STREAM_KEY]", required=False)
@click.option("--seconds", type=click.FloatRange(min=1), help="Stop after so long; without it, at Ctrl+C.")
@click.option("--fps", type=click.IntRange(5, 60), default=25, show_default=True, help="Frames a second.")
@click.option("--size", default="1280x720", show_default=True, help="Width x height of the picture.")
def command(white_light: str, fluorescence: str | None, seconds: float | None, fps: int, size: str) -> None:
    """Publish a synthetic operation: white light to the first address, fluorescence to the second.

    The picture carries a clock that people and programs can read, so that a technician sees before a real day that
    the picture arrives, and how late.
    """
    from glisson.streaming.rehearsal import rehearse

    width, _, height = size.partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise click.BadParameter("write it as 1280x720", param_hint="--size")
    rehearse(white_light, fluorescence, size=(int(width), int(height)), fps=fps, seconds=seconds)
