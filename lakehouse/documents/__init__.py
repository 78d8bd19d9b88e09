"""Messages in XML and JSON, read by layouts: `document_reader("epay")`."""

from lakehouse.documents.form import Form, is_declared, load_form
from lakehouse.documents.reader import document_reader

__all__ = ["Form", "document_reader", "is_declared", "load_form"]
