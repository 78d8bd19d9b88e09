"""Evidence of KCS declarations as the file that they came in."""

from lakehouse.documents.evidence import as_file

__all__ = ["as_file"]
