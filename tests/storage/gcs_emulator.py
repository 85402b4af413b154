"""Run the GCS emulator with the part of Google's XML API that it lacks, over its own storage.

Our client speaks that API; the emulator serves only its ``PUT`` and ``GET``, without an ETag. Added here: the ETag,
``DELETE`` of an object and the listing of a bucket, by the emulator's own functions.
"""

from __future__ import annotations

import importlib
import sys
from http import HTTPStatus
from typing import Any
from xml.sax.saxutils import escape

# By name, because the package is there for scripts/test --all only.
server: Any = importlib.import_module("gcp_storage_emulator.server")
objects: Any = importlib.import_module("gcp_storage_emulator.handlers.objects")
NotFound: Any = importlib.import_module("gcp_storage_emulator.exceptions").NotFound

_OBJECT, _BUCKET = (
    r"^/(?P<bucket_name>[-.\w]+)/(?P<object_id>.*[^/]+)$",
    r"^/(?P<bucket_name>[-.\w]+)$",
)


def _with_etag(handler: Any) -> Any:
    def handle(request: Any, response: Any, storage: Any, *args: Any, **kwargs: Any) -> None:
        handler(request, response, storage, *args, **kwargs)
        response["ETag"] = '"1"'
        response["Last-Modified"] = "Sun, 01 Nov 2026 00:00:00 GMT"

    return handle


def _delete(request: Any, response: Any, storage: Any, *args: Any, **kwargs: Any) -> None:
    try:
        storage.delete_file(request.params["bucket_name"], request.params["object_id"])
        response.status = HTTPStatus.NO_CONTENT
    except NotFound:
        response.status = HTTPStatus.NOT_FOUND


def _list(request: Any, response: Any, storage: Any, *args: Any, **kwargs: Any) -> None:
    prefix = (request.query.get("prefix") or [""])[0]
    found, _ = storage.get_file_list(request.params["bucket_name"], prefix)
    entries = "".join(
        f"<Contents><Key>{escape(o['name'])}</Key><Size>{o['size']}</Size><ETag>1</ETag>"
        "<LastModified>2026-11-01T00:00:00Z</LastModified></Contents>"
        for o in found
    )
    response["Content-type"] = "application/xml"
    response.write(f"<ListBucketResult>{entries}</ListBucketResult>")


def main(port: int, bucket: str) -> None:
    """Serve one bucket until killed."""
    served = {
        server.GET: _with_etag(objects.download),
        server.PUT: _with_etag(objects.xml_upload),
        server.DELETE: _delete,
    }
    kept = tuple(route for route in server.HANDLERS if route[0] != _OBJECT)
    server.HANDLERS = (*kept, (_BUCKET, {server.GET: _list}), (_OBJECT, served))
    server.create_server("127.0.0.1", port, True, bucket).run()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
