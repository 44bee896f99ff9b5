"""``python -m api.cli``: the same as ``tienle``."""

from api.cli import main

main()
