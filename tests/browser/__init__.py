"""A whole installation, real encoders and a real Chromium."""
