"""The version of a lake, and the steps that bring an older one up to date."""

from lakehouse.migrations.steps import LAKE_VERSION, check_lake_version, migrate

__all__ = ["LAKE_VERSION", "check_lake_version", "migrate"]
