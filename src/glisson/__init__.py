"""Glisson: the system that laparoscopic liver surgery alliances run on."""

__version__ = "0.1.0"
