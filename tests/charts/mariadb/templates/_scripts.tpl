{{- define "mariadb.start" -}}
#!/bin/bash
# Makes the data folder once, and at every start the administrator as the Secret has him.
set -eu
umask 077
data=/var/lib/mysql
if [ ! -d "$data/mysql" ]; then
  mariadb-install-db --no-defaults --datadir="$data" --auth-root-authentication-method=normal --skip-test-db \
    --innodb-log-file-size=16M >/dev/null
fi
quoted() { printf %s "$1" | sed -e 's/[\\'"'"']/\\&/g'; }
user=$(quoted "$MYSQL_DBADMIN_USERNAME") password=$(quoted "$MYSQL_DBADMIN_PASSWORD")
{
# The installation's own entries for this host have no password, and are nearer to a client here than '%'.
echo "DELETE FROM mysql.global_priv WHERE User IN ('', 'root') AND Host NOT IN ('%', 'localhost');"
echo "FLUSH PRIVILEGES;"
for host in % localhost; do
  echo "CREATE USER IF NOT EXISTS '$user'@'$host' IDENTIFIED BY '$password';"
  echo "ALTER USER '$user'@'$host' IDENTIFIED BY '$password';"
  echo "GRANT ALL PRIVILEGES ON *.* TO '$user'@'$host' WITH GRANT OPTION;"
done
} > /tmp/init.sql
exec mariadbd --defaults-file=/etc/mysql/my.cnf --init-file=/tmp/init.sql
{{- end -}}

{{- define "mariadb.health" -}}
#!/bin/bash
# The server answers the administrator.
exec mariadb --defaults-file=/etc/mysql/admin_user.cnf --connect-timeout=4 --execute 'SELECT 1' >/dev/null
{{- end -}}

{{- define "mariadb.controller" -}}
"""Points the Service of the primary at the server that is ready: with one server, at that one."""
import json
import os
import signal
import ssl
import sys
import time
import urllib.request

ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount'
SERVER = f"https://{os.environ['KUBERNETES_SERVICE_HOST']}:{os.environ['KUBERNETES_SERVICE_PORT']}"
BASE = f"{SERVER}/api/v1/namespaces/{os.environ['MARIADB_CONTROLLER_PODS_NAMESPACE']}"
SERVICE = os.environ['MARIADB_MASTER_SERVICE_NAME']
TLS = ssl.create_default_context(cafile=f'{ACCOUNT}/ca.crt')


def call(method, path, body=None):
    with open(f'{ACCOUNT}/token', encoding='utf-8') as file:
        headers = {'Authorization': f'Bearer {file.read()}', 'Content-Type': 'application/merge-patch+json'}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(BASE + path, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=30, context=TLS) as answer:
        return json.load(answer)


def is_ready(pod):
    return any(one['type'] == 'Ready' and one['status'] == 'True' for one in pod['status'].get('conditions', []))


def look():
    pods = call('GET', '/pods?labelSelector=application%3Dmariadb,component%3Dserver')['items']
    ready = sorted(pod['metadata']['name'] for pod in pods if is_ready(pod))
    wanted = ready[0] if ready else None
    have = call('GET', f'/services/{SERVICE}')['spec']['selector'].get('statefulset.kubernetes.io/pod-name')
    if wanted is not None and wanted != have:
        call('PATCH', f'/services/{SERVICE}', {'spec': {'selector': {'statefulset.kubernetes.io/pod-name': wanted}}})
        print('the primary is', wanted, flush=True)


# The first process of a container ignores the signal unless it asks for it.
signal.signal(signal.SIGTERM, lambda *_: sys.exit())
while True:
    try:
        look()
    except OSError as error:
        print(error, flush=True)
    time.sleep(float(os.environ['MARIADB_CONTROLLER_CHECK_PODS_DELAY']))
{{- end -}}
