"""Layout 1, the first. Archives that have it are stamped with it, so that there is nothing to do."""

revision = "1"
down_revision = None
