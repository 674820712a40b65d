{{- define "rabbitmq.start" -}}
#!/bin/bash
# The server itself, not its wrapper: that changes the user.
set -eu
umask 077
export HOME=/var/lib/rabbitmq
printf %s "$RABBITMQ_ERLANG_COOKIE" > "$HOME/.erlang.cookie.new"
chmod 400 "$HOME/.erlang.cookie.new"
mv -f "$HOME/.erlang.cookie.new" "$HOME/.erlang.cookie"
unset RABBITMQ_ERLANG_COOKIE
{
  cat /etc/rabbitmq/rabbitmq.conf
  echo "default_user = $RABBITMQ_ADMIN_USERNAME"
  echo "default_pass = $RABBITMQ_ADMIN_PASSWORD"
} > /tmp/rabbitmq.conf
export RABBITMQ_CONFIG_FILE=/tmp/rabbitmq RABBITMQ_ENABLED_PLUGINS_FILE=/etc/rabbitmq/enabled_plugins
export RABBITMQ_CONF_ENV_FILE=/dev/null RABBITMQ_MNESIA_BASE=$HOME/mnesia RABBITMQ_LOG_BASE=/tmp RABBITMQ_PID_FILE=/tmp/pid
export RABBITMQ_DIST_PORT=25672 RABBITMQ_USE_LONGNAME=true
# Makes the script replace itself by the server.
export RUNNING_UNDER_SYSTEMD=true
exec /usr/lib/rabbitmq/bin/rabbitmq-server
{{- end -}}

{{- define "rabbitmq.cluster_wait" -}}
"""Waits until all servers run."""
import base64
import json
import os
import time
import urllib.parse
import urllib.request

admin = urllib.parse.urlsplit(os.environ['RABBITMQ_ADMIN_CONNECTION'])
login = base64.b64encode(f'{admin.username}:{admin.password}'.encode()).decode()
request = urllib.request.Request(f'http://{admin.hostname}:{admin.port}/api/nodes', headers={'Authorization': f'Basic {login}'})
while True:
    with urllib.request.urlopen(request, timeout=30) as answer:
        running = sum(node['running'] for node in json.load(answer))
    print(running, 'servers run', flush=True)
    if running >= int(os.environ['RABBIT_REPLICA_COUNT']):
        break
    time.sleep(2)
{{- end -}}
