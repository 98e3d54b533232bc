"""``python -m glisson.web.cli`` is the ``glisson`` command."""

from glisson.web.cli import main

main()
