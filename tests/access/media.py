"""Media has no pages of its own: recordings are shown where their case and its consent are known."""

ROWS = []
