"""Removes accounts that no pod uses any more. Some may be gone already."""
import base64
import json
import os
import ssl
import urllib.error
import urllib.parse
import urllib.request

ENV = os.environ
USERS = ENV['FORMER_USERS'].split()


def address(name):
    return urllib.parse.urlsplit(ENV[name])


def text(part):
    return urllib.parse.unquote(part or '')


def trust():
    """Certificates that the chart mounted; None if it talks without TLS."""
    context = ssl.create_default_context(cafile=ENV.get('OS_CACERT'))
    if 'USER_CERT_PATH' in ENV:
        folder = ENV['USER_CERT_PATH']
        context.load_verify_locations(f'{folder}/ca.crt')
        context.load_cert_chain(f'{folder}/tls.crt', f'{folder}/tls.key')
    return context


def call(method, url, headers, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {'Content-Type': 'application/json', **headers}, method=method)
    with urllib.request.urlopen(request, timeout=60, context=trust() if url.startswith('https') else None) as answer:
        content = answer.read()
        return (json.loads(content) if content else None), answer.headers


def delete(url, headers):
    try:
        call('DELETE', url, headers)
    except urllib.error.HTTPError as error:
        if error.code != 404:
            raise


def database():
    import pymysql
    root, folder = address('ROOT_DB_CONNECTION'), '/etc/mysql/certs'
    files = {'ca': f'{folder}/ca.crt', 'cert': f'{folder}/tls.crt', 'key': f'{folder}/tls.key'}
    connection = pymysql.connect(
        host=root.hostname, port=root.port or 3306, user=text(root.username), password=text(root.password),
        ssl=files if ENV.get('MARIADB_X509') else None)
    with connection.cursor() as cursor:
        for user in USERS:
            cursor.execute('DROP USER IF EXISTS %s', (user,))


def messaging():
    admin = address('RABBITMQ_ADMIN_CONNECTION')
    # The address says `rabbit`, whatever is spoken there.
    scheme = 'https' if ENV.get('RABBITMQ_X509') else 'http'
    login = base64.b64encode(f'{text(admin.username)}:{text(admin.password)}'.encode()).decode()
    for user in USERS:
        name = urllib.parse.quote(user, safe='')
        place = f'{scheme}://{admin.hostname}:{admin.port}/api/users/{name}'
        delete(place, {'Authorization': f'Basic {login}'})


def identity():
    base = ENV['OS_AUTH_URL'].rstrip('/')
    domain = {'name': ENV['OS_USER_DOMAIN_NAME']}
    user = {'name': ENV['OS_USERNAME'], 'domain': domain, 'password': ENV['OS_PASSWORD']}
    project = {'name': ENV['OS_PROJECT_NAME'], 'domain': {'name': ENV['OS_PROJECT_DOMAIN_NAME']}}
    login = {'identity': {'methods': ['password'], 'password': {'user': user}}, 'scope': {'project': project}}
    token = {'X-Auth-Token': call('POST', f'{base}/auth/tokens', {}, {'auth': login})[1]['X-Subject-Token']}

    def find(kind, **query):
        return call('GET', f'{base}/{kind}?{urllib.parse.urlencode(query)}', token)[0][kind]

    for home in find('domains', name=ENV['SERVICE_OS_USER_DOMAIN_NAME']):
        for name in USERS:
            for found in find('users', name=name, domain_id=home['id']):
                delete(f'{base}/users/{found["id"]}', token)


if 'ROOT_DB_CONNECTION' in ENV:
    database()
elif 'RABBITMQ_ADMIN_CONNECTION' in ENV:
    messaging()
else:
    identity()
print('removed, or gone already:', *USERS)
