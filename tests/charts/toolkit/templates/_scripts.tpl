{{/* What jobs run: Python with little to import, since a start of the OpenStack client takes a second of a core. */}}

{{- define "toolkit.script.db_init" -}}
"""Makes a database and the user that its address names; both may exist."""
import configparser
import os
import urllib.parse

import pymysql


def wanted():
    if 'DB_CONNECTION' in os.environ:
        return os.environ['DB_CONNECTION']
    config = configparser.RawConfigParser(strict=False)
    config.read(os.environ['OPENSTACK_CONFIG_FILE'])
    return config.get(os.environ['OPENSTACK_CONFIG_DB_SECTION'], os.environ['OPENSTACK_CONFIG_DB_KEY'])


def text(part):
    return urllib.parse.unquote(part or '')


root = urllib.parse.urlsplit(os.environ['ROOT_DB_CONNECTION'])
address = urllib.parse.urlsplit(wanted())
user, password = text(address.username), text(address.password)
database = address.path.strip('/')
connection = pymysql.connect(host=root.hostname, port=root.port, user=text(root.username), password=text(root.password))
with connection.cursor() as cursor:
    cursor.execute(f'CREATE DATABASE IF NOT EXISTS `{database}` CHARACTER SET utf8mb3')
    cursor.execute('CREATE USER IF NOT EXISTS %s IDENTIFIED BY %s', (user, password))
    cursor.execute('ALTER USER %s IDENTIFIED BY %s', (user, password))
    cursor.execute(f'GRANT ALL PRIVILEGES ON `{database}`.* TO %s', (user,))
print(f'database {database}: user {user} may use it')
{{- end -}}

{{- define "toolkit.script.rabbit_init" -}}
"""Makes a user and its virtual host in RabbitMQ; both may exist."""
import base64
import json
import os
import urllib.parse
import urllib.request

admin = urllib.parse.urlsplit(os.environ['RABBITMQ_ADMIN_CONNECTION'])
user = urllib.parse.urlsplit(os.environ['RABBITMQ_USER_CONNECTION'])
login = base64.b64encode(f'{admin.username}:{admin.password}'.encode()).decode()


def put(path, body):
    request = urllib.request.Request(
        f'http://{admin.hostname}:{admin.port}/api/{path}', json.dumps(body).encode(), method='PUT',
        headers={'Authorization': f'Basic {login}', 'Content-Type': 'application/json'})
    with urllib.request.urlopen(request, timeout=30) as answer:
        print(path, answer.status)


host = urllib.parse.quote(user.path.strip('/') or '/', safe='')
put(f'users/{user.username}', {'password': user.password, 'tags': ''})
put(f'vhosts/{host}', {})
for name in {user.username, admin.username}:
    put(f'permissions/{host}/{name}', {'configure': '.*', 'write': '.*', 'read': '.*'})
{{- end -}}

{{- define "toolkit.script.ks" -}}
"""Makes what a service needs in Keystone: users, catalog entries, domains. What exists stays."""
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

ENV = os.environ
AUTH = ENV['OS_AUTH_URL'].rstrip('/')


def call(method, url, body=None, token=None):
    headers = {'Content-Type': 'application/json'}
    if token:
        headers['X-Auth-Token'] = token
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        text = answer.read()
        return (json.loads(text) if text else None), answer.headers


def sign_in(prefix=''):
    """A token and the catalog."""
    get = lambda name: ENV[f'{prefix}OS_{name}']
    user = {'name': get('USERNAME'), 'domain': {'name': get('USER_DOMAIN_NAME')}, 'password': get('PASSWORD')}
    project = {'name': get('PROJECT_NAME'), 'domain': {'name': get('PROJECT_DOMAIN_NAME')}}
    body = {'auth': {'identity': {'methods': ['password'], 'password': {'user': user}}, 'scope': {'project': project}}}
    answer, headers = call('POST', f'{AUTH}/auth/tokens', body)
    return headers['X-Subject-Token'], answer['token']['catalog']


class Cloud:
    def __init__(self):
        self.token, self.catalog = sign_in()

    def address(self, kind):
        """Where a service serves inside the cluster."""
        for service in self.catalog:
            for endpoint in service['endpoints']:
                if service['type'] == kind and endpoint['interface'] == 'internal':
                    return endpoint['url'].rstrip('/')
        raise SystemExit(f'the catalog has no {kind}')

    def call(self, method, path, body=None, base=AUTH):
        return call(method, f'{base}/{path}', body, self.token)[0]

    def find(self, kind, query):
        found = self.call('GET', f'{kind}s?{urllib.parse.urlencode(query)}')[f'{kind}s']
        return found[0] if found else None

    def ensure(self, kind, query, **more):
        have = self.find(kind, query)
        if have is None:
            try:
                have = self.call('POST', f'{kind}s', {kind: {**query, **more}})[kind]
                print('made', kind, have['id'])
            except urllib.error.HTTPError as error:
                if error.code != 409:
                    raise
                # Another container was quicker.
                have = self.find(kind, query)
        return have['id']


def user(cloud):
    own = lambda name: ENV[f'SERVICE_OS_{name}']
    home = cloud.ensure('domain', {'name': own('PROJECT_DOMAIN_NAME')})
    project = cloud.ensure('project', {'name': own('PROJECT_NAME'), 'domain_id': home})
    domain = cloud.ensure('domain', {'name': own('USER_DOMAIN_NAME')})
    who = cloud.ensure('user', {'name': own('USERNAME'), 'domain_id': domain}, password=own('PASSWORD'), default_project_id=project)
    for role in own('ROLES').split(','):
        role = cloud.ensure('role', {'name': role.strip()})
        cloud.call('PUT', f'projects/{project}/users/{who}/roles/{role}')
    try:
        sign_in('SERVICE_')
    except urllib.error.HTTPError as error:
        if error.code != 401:
            raise
        # Only then: a password that is set again revokes the user's tokens.
        cloud.call('PATCH', f'users/{who}', {'user': {'password': own('PASSWORD')}})


def domain_user(cloud):
    """A domain of its own, and who may do everything there."""
    own = lambda name: ENV[f'SERVICE_OS_{name}']
    domain = cloud.ensure('domain', {'name': own('DOMAIN_NAME')})
    who = cloud.ensure('user', {'name': own('USERNAME'), 'domain_id': domain}, password=own('PASSWORD'))
    role = cloud.ensure('role', {'name': own('ROLE')})
    cloud.call('PUT', f'domains/{domain}/users/{who}/roles/{role}')
    login = {'methods': ['password'], 'password': {'user': {'id': who, 'password': own('PASSWORD')}}}
    try:
        call('POST', f'{AUTH}/auth/tokens', {'auth': {'identity': login, 'scope': {'domain': {'id': domain}}}})
    except urllib.error.HTTPError as error:
        if error.code != 401:
            raise
        cloud.call('PATCH', f'users/{who}', {'user': {'password': own('PASSWORD')}})


def service(cloud):
    return cloud.ensure('service', {'name': ENV['OS_SERVICE_NAME'], 'type': ENV['OS_SERVICE_TYPE']})


def endpoint(cloud):
    url = ENV['OS_SERVICE_ENDPOINT']
    query = {'service_id': service(cloud), 'interface': ENV['OS_SVC_ENDPOINT'], 'region_id': ENV['OS_REGION_NAME']}
    have = cloud.find('endpoint', query)
    if have is None:
        cloud.ensure('endpoint', query, url=url)
    elif have['url'] != url:
        cloud.call('PATCH', f'endpoints/{have["id"]}', {'endpoint': {'url': url}})


def roles(cloud, *names):
    for name in names:
        cloud.ensure('role', {'name': name})


def domains(cloud, *names):
    for name in names:
        cloud.ensure('domain', {'name': name})


def flavors(cloud, path):
    """Flavors that a file lists."""
    base = cloud.address('compute')
    have = {one['name'] for one in cloud.call('GET', 'flavors', base=base)['flavors']}
    with open(path, encoding='utf-8') as file:
        for flavor in json.load(file):
            if flavor['name'] not in have:
                cloud.call('POST', 'flavors', {'flavor': flavor}, base=base)


def computes(cloud):
    """Waits for the first compute service."""
    base = cloud.address('compute')
    while not any(one['state'] == 'up' for one in cloud.call('GET', 'os-services?binary=nova-compute', base=base)['services']):
        print('no nova-compute is up yet', flush=True)
        time.sleep(3)


WORDS = {word.__name__: word for word in (user, domain_user, service, endpoint, roles, domains, flavors, computes)}
WORDS[sys.argv[1]](Cloud(), *sys.argv[2:])
{{- end -}}
