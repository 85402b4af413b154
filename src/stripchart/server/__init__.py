"""The server: one process that reads journals as they grow and answers the page, the CLI and other clients.

It owns the index of a home while it runs (``home``), follows the journals in a thread (``following``), answers
``/api/v1`` (``routes``) and pushes changes (``live``). It listens on loopback only.
"""
