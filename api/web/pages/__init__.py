"""The pages, a module each: its routes in ``router``."""
