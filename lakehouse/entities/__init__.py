"""Core tables that are declared, not programmed: `update_source(run, work, "epay")`."""

from lakehouse.entities.conservation import entity_findings
from lakehouse.entities.model import declared_sources
from lakehouse.entities.update import update_source

__all__ = ["declared_sources", "entity_findings", "update_source"]
