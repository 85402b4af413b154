"""Ingest: from journal bytes to catalog and event store, exactly once, following what is written."""
