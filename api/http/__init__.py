"""The archive over HTTP: a JSON interface under ``/api/v1`` and the pages of :mod:`api.web`."""

from api.http.app import create_app

__all__ = ["create_app"]
