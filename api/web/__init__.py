"""Pages for people: rendered on the server, Vietnamese first, usable without JavaScript."""

from api.web.routes import add_pages

__all__ = ["add_pages"]
