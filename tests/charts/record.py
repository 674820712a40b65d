"""Writes tests/charts/record.yaml anew: names that the charts of a checkout of OpenStack-Helm have. Names only, no text of theirs.

$KUPENSTACK_RIG_CHARTS is the checkout. It takes git, helm 4 in $PATH (`cargo rig shell` has it), and PyYAML; nothing is fetched.
"""

import collections
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import yaml

RECORD = pathlib.Path(__file__).parent / "record.yaml"
WORKLOADS = ("DaemonSet", "Deployment", "StatefulSet")
# Under `endpoints`, but no service that a chart talks to.
NO_SERVICE = {"cluster_domain_suffix", "fluentd", "ingress", "kube_dns", "local_image_registry", "oci_image_registry"}
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# What of such a service is a value that facts may set.
SET = {"auth", "host_fqdn_override", "port", "scheme", "statefulset"}


def run(*words):
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def keys(value):
    """A map without its values; where no value of it is a map, a list."""
    if any(isinstance(inner, dict) for inner in value.values()):
        return {name: keys(inner) if isinstance(inner, dict) else None for name, inner in value.items()}
    return sorted(value)


def service(endpoint):
    return keys({name: value for name, value in endpoint.items() if name in SET})


def recorded_values(values):
    pod = values.get("pod") or {}
    endpoints = values.get("endpoints") or {}
    found = {
        "conf": sorted(values.get("conf") or {}),
        "endpoints": {name: service(value) for name, value in endpoints.items() if name not in NO_SERVICE},
        "manifests": sorted(values.get("manifests") or {}),
        "network": sorted(values.get("network") or {}),
        "pod": {"replicas": sorted(pod.get("replicas") or {})},
    }
    return {name: value for name, value in found.items() if value}


def images(values, jobs):
    named = {role: image.rsplit("/", 1)[-1] for role, image in values["images"]["tags"].items()}
    for job in jobs:
        # The toolkit names the image of such a Job after it; values that forget it leave it out.
        if not all(container.get("image") for container in job["spec"]["template"]["spec"]["containers"]):
            named.setdefault(name(job).replace("-", "_"), None)
    return named


def hook(job):
    annotations = job["metadata"].get("annotations") or {}
    if "helm.sh/hook" not in annotations:
        return "plain"
    return annotations["helm.sh/hook"].split(",")[0] + " " + annotations.get("helm.sh/hook-weight", "0")


def name(entry):
    return entry["metadata"]["name"]


def rules(roles):
    found = []
    for role in roles:
        for rule in role.get("rules") or []:
            cluster = role["kind"] == "ClusterRole"
            parts = [sorted(set(rule[part])) for part in ("apiGroups", "resources", "verbs")]
            found.append({"cluster": cluster, **dict(zip(("groups", "resources", "verbs"), parts))})
    unique = {json.dumps(rule, sort_keys=True): rule for rule in found}
    return [unique[text] for text in sorted(unique)]


def chart_record(checkout, chart, work):
    place = work / chart
    shutil.copytree(checkout / chart, place)
    shutil.copytree(checkout / "helm-toolkit", place / "charts" / "helm-toolkit", dirs_exist_ok=True)
    rendered = run("helm", "template", chart, str(place), "--namespace", "openstack")
    objects = [entry for entry in yaml.load_all(rendered, Loader=LOADER) if entry]
    here = [entry for entry in objects if entry["metadata"].get("namespace", "openstack") == "openstack"]
    of = collections.defaultdict(list)
    for entry in here:
        of[entry["kind"]].append(entry)
    values = yaml.load((place / "values.yaml").read_text(), Loader=LOADER)
    return {
        "version": yaml.load((place / "Chart.yaml").read_text(), Loader=LOADER)["version"],
        "images": images(values, of["Job"]),
        "values": recorded_values(values),
        "workloads": {name(one): kind for kind in WORKLOADS for one in of[kind]},
        "services": {name(one): [port["port"] for port in one["spec"]["ports"]] for one in of["Service"]},
        "jobs": {name(one): hook(one) for one in of["Job"]},
        "secrets": {name(one): sorted({**one.get("data", {}), **one.get("stringData", {})}) for one in of["Secret"]},
        "makes": sorted({entry["apiVersion"] + " " + entry["kind"] for entry in here}),
        "grants": rules(of["Role"] + of["ClusterRole"]),
        "elsewhere": sorted({entry["kind"] for entry in objects if entry not in here}),
    }


def write(commit, charts):
    """One line for each fact of a chart, so that a difference is short."""
    lines = ["# Written by record.py from OpenStack-Helm.", f"commit: {commit}", "charts:"]
    for chart, record in charts.items():
        lines.append(f"  {chart}:")
        for fact, value in record.items():
            if not isinstance(value, dict) or not value:
                lines.append(f"    {fact}: {json.dumps(value, sort_keys=True)}")
                continue
            lines.append(f"    {fact}:")
            lines += [f"      {key}: {json.dumps(value[key], sort_keys=True)}" for key in sorted(value)]
    RECORD.write_text("\n".join(lines) + "\n")


def main():
    checkout = pathlib.Path(os.environ["KUPENSTACK_RIG_CHARTS"])
    # The charts that are recorded already, and those that are named.
    known = yaml.load(RECORD.read_text(), Loader=LOADER)["charts"] if RECORD.exists() else {}
    commit = run("git", "-C", str(checkout), "rev-parse", "HEAD").strip()
    with tempfile.TemporaryDirectory() as work:
        charts = sorted({*known, *sys.argv[1:]})
        write(commit, {chart: chart_record(checkout, chart, pathlib.Path(work)) for chart in charts})


if __name__ == "__main__":
    main()
