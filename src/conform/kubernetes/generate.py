#!/usr/bin/env python3
"""Writes types.txt and kinds.txt: what the API of Kubernetes 1.25 to 1.37 consists of.

    generate.py SCHEMAS API

SCHEMAS  the folder `kubernetes-json-schema` out of PyPI's kubernetes-validate: the definitions of each version
API      a clone of github.com/kubernetes/api with its tags: the values of enumerations, and which kinds have no namespace

Both are Apache-2.0. What is taken are facts of the API: names, types, what is required, which values there are.
Descriptions are not.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

VERSIONS = range(25, 38)
HERE = Path(__file__).parent
META = "meta.v1.ObjectMeta"

# Types that are scalars, or have no structure that could be checked.
WELL_KNOWN = {
    "resource.Quantity": "quantity",
    "intstr.IntOrString": "int-or-string",
    "v1.Time": "time",
    "v1.MicroTime": "time",
    "v1.JSON": "any",
    "v1.JSONSchemaPropsOrArray": "schemas",
    "v1.JSONSchemaPropsOrBool": "schema-or-bool",
    "v1.JSONSchemaPropsOrStringArray": "any",
    "v1.CustomResourceSubresourceStatus": "object",
    "v1.FieldsV1": "object",
    "runtime.RawExtension": "object",
}
NUMBERS = {"int32": "int32", "int64": "int64", "double": "number"}

# Kinds that are not in k8s.io/api.
CLUSTER_SCOPED = {"CustomResourceDefinition", "APIService"}

# Strings that the Go types call enumerations, whose values this script cannot read or the API server does not insist on.
OPEN = {
    ("certificates.v1.CertificateSigningRequestSpec", "usages"),
    ("discovery.v1.EndpointSlice", "addressType"),
}


def short(name):
    """`io.k8s.api.core.v1.Pod` is `core.v1.Pod`."""
    return ".".join(name.split(".")[-3:])


def well_known(name):
    return WELL_KNOWN.get(".".join(name.split(".")[-2:]))


# --- enumerations, from the Go types ---------------------------------------------------------------------------------


class Api:
    """The Go types of one version."""

    def __init__(self, clone, minor):
        self.clone = clone
        tag = f"kubernetes-1.{minor}.0"
        self.revision = tag if self.git("tag", "--list", tag).strip() else "HEAD"
        self.enums, self.fields, self.inlined, self.cluster_scoped = {}, {}, {}, set(CLUSTER_SCOPED)
        for path in self.git("ls-tree", "-r", "--name-only", self.revision).split():
            if re.fullmatch(r"[a-z0-9]+/v\w+/types.*\.go", path):
                self.read(".".join(path.split("/")[:2]), self.git("show", f"{self.revision}:{path}"))

    def git(self, *args):
        return subprocess.run(["git", "-C", self.clone, *args], check=True, capture_output=True, text=True).stdout

    def read(self, package, text):
        for comment, name in re.findall(r"((?:^//.*\n)+)type (\w+) string", text, re.M):
            if re.search(r"^//\s*\+(enum|k8s:enum)\b", comment, re.M):
                written = rf'^(?:const|\s)\s*\w+\s+(?:{name}\s*=\s*"([^"]*)"|=\s*{name}\("([^"]*)"\))'
                values = {a or b for a, b in re.findall(written, text, re.M)}
                self.enums[f"{package}.{name}"] = sorted(values)
        for comment, name, body in re.findall(r"((?:^//.*\n|^\n)*)^type (\w+) struct \{\n((?:^[^}].*\n|^\n)*)", text, re.M):
            if "+genclient:nonNamespaced" in comment:
                self.cluster_scoped.add(name)
            for go, key in re.findall(r'^\s+\w+\s+(\S+)\s+`[^`]*json:"([^",]+)', body, re.M):
                self.fields[f"{package}.{name}", key] = (package, go)
            for go in re.findall(r'^\s+(\w+)\s+`[^`]*json:",inline"', body, re.M):
                self.inlined.setdefault(f"{package}.{name}", []).append(f"{package}.{go}")

    def values(self, owner, key):
        """What a field may say, and none where it is no enumeration."""
        for name in [owner, *self.inlined.get(owner, [])]:
            if (name, key) in self.fields and (owner, key) not in OPEN:
                return self.values_of(*self.fields[name, key])
        return None

    def values_of(self, package, go):
        name = re.sub(r"^map\[\w+\]", "", go.lstrip("*[]"))
        alias, _, of_alias = name.rpartition(".")
        package = "core.v1" if alias in ("v1", "corev1", "core", "api") else package
        values = self.enums.get(f"{package}.{of_alias}")
        if not values:
            return None
        # A plain string that is empty is one that is not there.
        unset = [""] if go == name else []
        return sorted({*filter(None, values), *unset, *([""] if "" in values and go[0] == "*" else [])})


# --- types, from the definitions -------------------------------------------------------------------------------------


def shape(schema, owner, key, api):
    """How a field is written in types.txt."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return well_known(name) or short(name)
    types = schema.get("type")
    kind = types[0] if isinstance(types, list) else types
    if kind == "array":
        return f"[{shape(schema['items'], owner, key, api)}]{list_keys(schema)}"
    if kind == "object":
        below = schema.get("additionalProperties")
        return f"{{{shape(below, owner, key, api)}}}" if isinstance(below, dict) else "object"
    if kind == "string":
        values = api.values(owner, key)
        format = {"byte": "bytes", "date-time": "time"}.get(schema.get("format"), "string")
        return f"string({'|'.join(values)})" if values else format
    if kind in ("integer", "number"):
        return NUMBERS.get(schema.get("format"), "int64" if kind == "integer" else "number")
    return kind or "any"


def list_keys(schema):
    match schema.get("x-kubernetes-list-type"):
        case "map":
            return "#" + ",".join(schema["x-kubernetes-list-map-keys"])
        case "set":
            return "#"
        case _:
            return ""


def fields(name, schema, api):
    required = set(schema.get("required", []))
    for key, below in schema.get("properties", {}).items():
        yield f"{key}{'!' if key in required else ''} {shape(below, name, key, api)}"


def ranges(minors):
    """`25-27,30-` and nothing for all versions."""
    runs = []
    for minor in sorted(minors):
        if runs and runs[-1][1] == minor - 1:
            runs[-1][1] = minor
        else:
            runs.append([minor, minor])
    last = VERSIONS[-1]
    texts = [f"{a}-{'' if b == last else b}" for a, b in runs]
    return "" if runs == [[VERSIONS[0], last]] else " " + ",".join(texts)


def kinds(definitions, api):
    for name, schema in definitions.items():
        metadata = schema.get("properties", {}).get("metadata", {}).get("$ref", "")
        for gvk in schema.get("x-kubernetes-group-version-kind", []):
            if short(metadata.rsplit("/", 1)[-1]) == META:
                version = "/".join(filter(None, [gvk["group"], gvk["version"]]))
                scope = "cluster" if gvk["kind"] in api.cluster_scoped else "namespace"
                yield f"{version} {gvk['kind']} {scope} {short(name)}"


def reachable(definitions):
    """The types that a resource can hold. Enough is kept that each of them is defined."""
    todo = [n for n, s in definitions.items() if "x-kubernetes-group-version-kind" in s and "metadata" in s.get("properties", {})]
    found = set()
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += re.findall(r'"\$ref": "[^"]*/([^"/]+)"', json.dumps(definitions[name]))
    return found


def main(schemas, clone):
    types, resources = {}, {}
    for minor in VERSIONS:
        api = Api(clone, minor)
        path = Path(schemas) / f"v1.{minor}.0-local-strict" / "_definitions.json"
        definitions = json.loads(path.read_text())["$defs"]
        for name in reachable(definitions):
            if not well_known(name):
                lines = types.setdefault(short(name), {})
                for field in fields(short(name), definitions[name], api):
                    lines.setdefault(field, []).append(minor)
        for kind in kinds(definitions, api):
            resources.setdefault(kind, []).append(minor)
    notice = "# Generated by generate.py; facts of the Kubernetes API (Apache-2.0), 1.25 to 1.37.\n"
    with open(HERE / "types.txt", "w") as out:
        out.write(notice)
        for name, lines in sorted(types.items()):
            out.write(f"{name}\n" + "".join(f" {line}{ranges(lines[line])}\n" for line in sorted(lines)))
    with open(HERE / "kinds.txt", "w") as out:
        out.write(notice + "".join(f"{kind}{ranges(minors)}\n" for kind, minors in sorted(resources.items())))


if __name__ == "__main__":
    main(*sys.argv[1:3])
