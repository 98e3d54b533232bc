import pytest


@pytest.fixture(autouse=True)
def _nobody_at_the_live_port(live_process_away):
    """No test here reaches a live process of this machine by accident."""
