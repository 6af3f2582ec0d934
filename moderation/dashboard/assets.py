"""Static files: style, script, pictures. Each address carries a digest of the content, so browsers may keep it.

They are few and small: read once, served from memory, and no other file can be asked for.
"""

from functools import cache
from hashlib import sha256
from mimetypes import guess_type
from pathlib import Path

from flask import abort, request, url_for
from werkzeug import Response

_FOLDER = Path(__file__).parent / "static"
_ONE_YEAR = 31_536_000


def serve(name: str) -> Response:
    """Send one static file; for ever when the address names this very content."""
    body, digest = _files().get(name) or abort(404)
    response = Response(body, mimetype=guess_type(name)[0])
    response.set_etag(digest)
    if request.args.get("v") == digest:
        response.cache_control.max_age = _ONE_YEAR
        response.cache_control.public = True
        response.cache_control.immutable = True
    else:
        response.cache_control.no_cache = True
    response.make_conditional(request.environ)
    return response


def address(name: str) -> str:
    """Return the address of a static file in its present content."""
    return url_for("dashboard.asset", name=name, v=_files()[name][1])


@cache
def _files() -> dict[str, tuple[bytes, str]]:
    """Read every static file: name to content and digest."""
    bodies = {file.name: file.read_bytes() for file in _FOLDER.iterdir()}
    return {name: (body, sha256(body).hexdigest()[:12]) for name, body in bodies.items()}
