"""What a person would see and hear, read from the page's video elements."""

import time

PICTURE = """(video) => {
  if (!video.videoWidth) return null;
  const canvas = document.createElement('canvas');
  canvas.width = 64; canvas.height = 36;
  const drawing = canvas.getContext('2d', { willReadFrequently: true });
  drawing.drawImage(video, 0, 0, 64, 36);
  return Array.from(drawing.getImageData(0, 0, 64, 36).data.filter((_, at) => at % 4 !== 3));
}"""

HEARING = """async (video) => {
  video.muted = false; video.volume = 1;
  if (!video.__ear) {
    const context = new AudioContext();
    await context.resume();
    const ear = context.createAnalyser();
    ear.fftSize = 8192;
    context.createMediaElementSource(video).connect(ear);
    video.__ear = ear;
  }
  await new Promise((done) => setTimeout(done, 600));
  const wave = new Float32Array(video.__ear.fftSize);
  video.__ear.getFloatTimeDomainData(wave);
  return Math.sqrt(wave.reduce((sum, value) => sum + value * value, 0) / wave.length);
}"""


def until(condition, *, seconds=30, pause=0.2):
    """Wait for a condition and return what it said; say what it said last when it never came true."""
    deadline = time.monotonic() + seconds
    while True:
        said = condition()
        if said:
            return said
        assert time.monotonic() < deadline, f"still {said!r} after {seconds} s"
        time.sleep(pause)


def picture(video):
    """The picture as 64 x 36 x 3 numbers, or None before the first one."""
    return video.evaluate(PICTURE)


def is_bright(pixels):
    """More than a black frame."""
    return pixels is not None and sum(pixels) / len(pixels) > 8


def difference(one, other):
    """Mean difference of two pictures, in grey levels."""
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) / len(one)


def wait_for_motion(video, *, seconds=40):
    """Wait until two pictures in a row differ: a still or a frozen picture never passes."""

    def moved():
        before = picture(video)
        if not is_bright(before):
            return False
        time.sleep(0.4)
        after = picture(video)
        return after is not None and difference(before, after) > 0.4

    until(moved, seconds=seconds)


def loudness(video):
    """Root mean square of what the element plays, 0 to 1."""
    return video.evaluate(HEARING)


WATCHING = """async (video, seconds) => {
  let moved = 0, sounded = 0, looks = 0;
  const heights = new Set();
  let time = video.currentTime, bytes = video.webkitAudioDecodedByteCount;
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    await new Promise((done) => setTimeout(done, 1000));
    looks += 1;
    moved += video.currentTime !== time ? 1 : 0;
    sounded += video.webkitAudioDecodedByteCount !== bytes ? 1 : 0;
    if (video.videoHeight) heights.add(video.videoHeight);
    time = video.currentTime; bytes = video.webkitAudioDecodedByteCount;
  }
  return { moved: moved / looks, sounded: sounded / looks, heights: [...heights] };
}"""


def watch_closely(video, *, seconds):
    """In which share of the seconds the picture went on and sound was decoded, and the heights it had."""
    return video.evaluate(WATCHING, seconds)
