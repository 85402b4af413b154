"""Where media and artifacts lie: folders and buckets behind one small contract.

``open_destination`` turns a URI into something that puts, gets, lists and deletes by key. A folder needs nothing
but the standard library; the clients of clouds are imported where they are used (``stripchart[cloud]``). Secrets
come from settings and environment, and never appear in a URI, a message or a ``repr``.
"""

from stripchart.blobs.destination import Destination, DestinationError, Unreachable
from stripchart.blobs.open import open_destination

__all__ = ["Destination", "DestinationError", "Unreachable", "open_destination"]
