"""The description is right OpenAPI 3.1, and each of its examples fits its own schema.

    python description.py ADDRESS
"""

import json
import sys
from urllib.request import urlopen

from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

with urlopen(sys.argv[1] + "/api/openapi.json") as answer:
    document = json.load(answer)
validate(document)


def faults(place, schema, example):
    # References start at the document's root, so its models come along.
    for error in Draft202012Validator(schema | {"components": document["components"]}).iter_errors(example):
        yield f"{place}: {error.json_path}: {error.message}"


def contents(operation):
    yield "request", operation.get("requestBody", {}).get("content", {})
    for status, response in operation["responses"].items():
        yield status, response.get("content", {})


found, count = [], 0
for path, item in document["paths"].items():
    for method, operation in item.items():
        for parameter in operation.get("parameters", []):
            if "example" in parameter:
                found += faults(f"{method} {path} {parameter['name']}", parameter["schema"], parameter["example"])
        for part, content in contents(operation):
            for media_type, described in content.items():
                if "example" in described:
                    count += 1
                    place = f"{method} {path} {part} {media_type}"
                    found += faults(place, described["schema"], described["example"])
if found or not count:
    sys.exit("\n".join(["The description's examples do not fit their schemas:", *found]))
print(f"  the description is OpenAPI 3.1; {count} examples fit their schemas")
