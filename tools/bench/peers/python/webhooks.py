"""The smallest handler of GitHub's webhooks, as GitHub's own documentation has it: with the standard library alone."""

import base64
import hashlib
import hmac
import json
import os

SECRET = os.environ["BENCH_WEBHOOK_SECRET"].encode()


def handler(event, _context):
    body = event["body"]
    body = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()
    expected = "sha256=" + hmac.new(SECRET, msg=body, digestmod=hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, event["headers"].get("x-hub-signature-256", "")):
        return {"statusCode": 401, "body": ""}
    json.loads(body)
    return {"statusCode": 204, "body": ""}
