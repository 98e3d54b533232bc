from pathlib import Path

from glisson.core.config import table

PAGE = Path(__file__).parents[2] / "docs" / "operators.md"


def test_the_operators_page_shows_the_configuration_as_it_is():
    """Mend with: python -m glisson.core.config, between the two comments."""
    text = PAGE.read_text()
    shown = text.split("made by `python -m glisson.core.config` -->")[1].split("<!-- configuration ends -->")[0]
    assert shown.strip() == table().strip()
