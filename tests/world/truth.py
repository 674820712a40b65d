"""Asks OpenStack through openstacksdk: a JSON question a line, a JSON answer a line."""

import json
import sys

import openstack

# What the rows were written for.
MICROVERSIONS = {"compute": "2.90", "block_storage": "3.70", "placement": "1.39"}


def main() -> None:
    cloud = openstack.connect()
    for line in sys.stdin:
        question = json.loads(line)
        service = getattr(cloud, question["service"])
        method, _, revision = question["method"].partition("#")
        answer = service.request(
            question["path"],
            method,
            headers={"If-Match": f"revision_number={revision}"} if revision else {},
            json=question["body"],
            raise_exc=False,
            microversion=question["microversion"] or MICROVERSIONS.get(question["service"]),
        )
        try:
            body = answer.json()
        except ValueError:
            body = None
        print(json.dumps({"status": answer.status_code, "body": body}))


main()
