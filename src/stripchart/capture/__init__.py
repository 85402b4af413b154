"""Observe what other libraries do, over two primitives: ``when_imported`` and ``Patch``."""
