"""The endpoints of ``/api/v1``, one noun a file, and the page."""
