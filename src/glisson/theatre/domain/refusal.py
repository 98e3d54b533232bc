class TheatreRefused(Exception):
    """The reason is worded for the person at the control."""
