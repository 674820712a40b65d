"""One request to a service in pods, with a token of a cloud's login: METHOD URL [BODY]. Prints the status, then the answer."""
import sys

import openstack

method, url, *body = sys.argv[1:]
session = openstack.connect(cloud='openstack').session
answer = session.request(
    url.replace('PROJECT', session.get_project_id()), method, data=body[0].encode() if body else None, raise_exc=False,
    headers={'Accept': 'application/json', 'Content-Type': 'application/json'})
print(answer.status_code)
print(answer.text)
