"""Puts what the description's own examples ask for into a server, so that reading it finds something."""

import json
import os
from urllib.request import Request, urlopen

BASE, KEY = os.environ["CREDITDESK_URL"], os.environ["CREDITDESK_KEY"]


def ask(method, path, body=None, key=None):
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"} | ({"Idempotency-Key": key} if key else {})
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(BASE + path, data, headers, method=method)) as answer:
        return json.load(answer)


document = ask("GET", "/api/openapi.json")


def send(method, path, key=None):
    example = document["paths"][path][method.lower()]["requestBody"]["content"]["application/json"]["example"]
    return ask(method, path.replace("{user_id}", "ana"), example, key)


send("POST", "/api/v1/pricing/versions")
send("PUT", "/api/v1/users/{user_id}")
send("PUT", "/api/v1/users/{user_id}/plan")
send("POST", "/api/v1/users/{user_id}/credits", "seed-credits")
send("POST", "/api/v1/users/{user_id}/deductions", "seed-deduction")
