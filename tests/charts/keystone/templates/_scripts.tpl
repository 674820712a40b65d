{{- define "keystone.db_sync" -}}
#!/bin/bash
set -e
keystone-manage --config-file=/etc/keystone/keystone.conf db_sync
# Takes the administrator, the region and the catalog's own entries from OS_BOOTSTRAP_*.
keystone-manage --config-file=/etc/keystone/keystone.conf bootstrap
{{- end -}}

{{- define "keystone.keys" -}}
"""Puts Fernet keys into a Secret: the first two, once, or the next one.

As Keystone numbers them: 0 is the next, the highest encrypts, all others decrypt.
"""
import base64
import json
import os
import ssl
import sys
import urllib.error
import urllib.request

ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount'
SERVER = f"https://{os.environ['KUBERNETES_SERVICE_HOST']}:{os.environ['KUBERNETES_SERVICE_PORT']}"
SECRETS = f"{SERVER}/api/v1/namespaces/{os.environ['KUBERNETES_NAMESPACE']}/secrets"
TLS = ssl.create_default_context(cafile=f'{ACCOUNT}/ca.crt')


def call(method, url, body=None):
    with open(f'{ACCOUNT}/token', encoding='utf-8') as file:
        headers = {'Authorization': f'Bearer {file.read()}', 'Content-Type': 'application/json'}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=30, context=TLS) as answer:
        return json.load(answer)


def key():
    return base64.b64encode(base64.urlsafe_b64encode(os.urandom(32))).decode()


def setup(keys):
    return keys or {'0': key(), '1': key()}


def rotate(keys):
    newest = str(max(map(int, keys)) + 1)
    keys = {**keys, newest: keys['0'], '0': key()}
    most = int(os.environ['MAX_ACTIVE_KEYS'])
    oldest = sorted((int(name) for name in keys if name not in ('0', newest)), reverse=True)
    kept = {'0', newest, *map(str, oldest[:most - 2])}
    return {name: value for name, value in keys.items() if name in kept}


change, name = {'setup': setup, 'rotate': rotate}[sys.argv[1]], sys.argv[2]
try:
    secret = call('GET', f'{SECRETS}/{name}')
except urllib.error.HTTPError as error:
    if error.code != 404:
        raise
    secret = call('POST', SECRETS, {'apiVersion': 'v1', 'kind': 'Secret', 'metadata': {'name': name}})
have = secret.get('data') or {}
keys = change(have)
if keys != have:
    call('PUT', f'{SECRETS}/{name}', {**secret, 'data': keys})
print(f'{name} has', len(keys), 'keys')
{{- end -}}

{{- define "keystone.credential_cleanup" -}}
"""Takes out credentials: their keys go with the release."""
import os
import urllib.parse

import pymysql

root = urllib.parse.urlsplit(os.environ['ROOT_DB_CONNECTION'])
connection = pymysql.connect(
    host=root.hostname, port=root.port, user=urllib.parse.unquote(root.username),
    password=urllib.parse.unquote(root.password), database=root.path.strip('/'))
with connection.cursor() as cursor:
    print(cursor.execute('DELETE FROM credential'), 'credentials deleted')
connection.commit()
{{- end -}}
