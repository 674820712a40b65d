"""Keystone behind what a web server with a module for OpenID Connect would be.

A real cloud has such a module check the identity provider's token and put its claims into the request's environment,
from which Keystone's mappings take them. Here a token is `<claims>.<signature>`: claims as JSON in base64url, signed
with HMAC-SHA256 under a key that everybody knows. Only federated logins pass through here; all else goes by untouched.
"""

import base64
import hashlib
import hmac
import json
import time

from keystone.wsgi.api import application as keystone

KEY = b'rig-federation'


def claims(authorization):
    """What a valid token says, or None."""
    kind, _, token = authorization.partition(' ')
    body, _, signature = token.partition('.')
    good = hmac.new(KEY, body.encode(), hashlib.sha256).hexdigest()
    if kind != 'Bearer' or not hmac.compare_digest(good, signature):
        return None
    said = json.loads(base64.urlsafe_b64decode(body + '=' * (-len(body) % 4)))
    return said if said['exp'] > time.time() else None


def application(environ, start_response):
    path = environ.get('PATH_INFO', '')
    if '/OS-FEDERATION/' in path and path.endswith('/auth'):
        said = claims(environ.get('HTTP_AUTHORIZATION', ''))
        if said is None:
            headers = [('Content-Type', 'text/html'), ('WWW-Authenticate', 'Bearer')]
            start_response('401 Unauthorized', headers)
            return [b'<html><body><h1>Unauthorized</h1></body></html>']
        environ.update({'OIDC-iss': said['iss'], 'OIDC-sub': said['sub']})
    return keystone(environ, start_response)
