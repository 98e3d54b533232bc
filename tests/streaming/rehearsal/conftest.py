import pytest

from glisson.streaming.rehearsal import Scene


@pytest.fixture(scope="session")
def scene():
    return Scene(1280, 720)


@pytest.fixture(scope="session")
def painted(scene):
    """Luma of 50 pictures of the white light view in motion, and the times painted on them."""
    buffers = [scene.blank(0), scene.blank(1)]
    pictures, times = [], []
    for number in range(50):
        times.append(scene.paint(buffers, 10 + number / 25))
        pictures.append(buffers[0][0].copy())
    return pictures, times
