import pytest

from glisson.streaming.rtmp.limits import Limits
from tests.streaming.rtmp.encoders import Encoder, OneAtATime


@pytest.fixture
def door():
    return OneAtATime()


@pytest.fixture
def encoder(door):
    return Encoder(door, Limits())
