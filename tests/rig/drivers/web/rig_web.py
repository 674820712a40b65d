"""Files over HTTP: ADDRESS PORT FOLDER. Those below /private/ only for who logs in by basic authentication."""
from __future__ import annotations

import base64
import functools
import http
import http.server
import io
import sys
from typing import BinaryIO

PRIVATE = '/private/'
LOGIN = 'Basic ' + base64.b64encode(b'reader:let me in').decode()


class Files(http.server.SimpleHTTPRequestHandler):
    """The files of a folder."""

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        """What is asked for, if it may be."""
        if self.path.startswith(PRIVATE) and self.headers.get('Authorization') != LOGIN:
            self.send_error(http.HTTPStatus.UNAUTHORIZED)
            return None
        return super().send_head()


if __name__ == '__main__':
    address, port, folder = sys.argv[1:]
    handler = functools.partial(Files, directory=folder)
    http.server.ThreadingHTTPServer((address, int(port)), handler).serve_forever()
