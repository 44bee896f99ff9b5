"""The ``tienle`` command: the verbs of :mod:`api.answers` and :mod:`indexer` on a terminal."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command; an error that a person can mend is one message, never a traceback."""
    from api.cli.app import app
    from api.cli.context import language
    from api.cli.usage import UsageError, told
    from corpus.errors import QueryError, TienLeError

    try:
        try:
            sys.exit(app(prog_name="tienle", standalone_mode=False) or 0)
        except UsageError as error:
            if type(error).__name__ == "NoArgsIsHelpError":  # the help is on the screen
                sys.exit(2)
            raise told(error) from None
    except TienLeError as error:
        print(f"tienle: {error.message(language())}", file=sys.stderr)  # noqa: T201  (rich is slow to import)
        sys.exit(2 if isinstance(error, QueryError) else 1)
    except KeyboardInterrupt:
        sys.exit(130)
