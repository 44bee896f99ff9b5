"""The door for assistants: the verbs of :mod:`api.answers` as tools of the Model Context Protocol, for reading only.

Every tool answers in structured form with sources that can be checked; a list stops where an answer is long enough and
says where it goes on. What a person can mend comes back as the tool's own message, in Vietnamese and in English.
"""

from api.mcp.http import http_app
from api.mcp.server import create_server

__all__ = ["create_server", "http_app"]
