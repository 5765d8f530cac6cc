"""The smallest handler that PyNaCl's documentation leads to; run by AWS's own runtime client, awslambdaric."""

import base64
import json
import os

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

KEY = VerifyKey(bytes.fromhex(os.environ["DISCORD_PUBLIC_KEYS"]))


def handler(event, _context):
    body = event["body"]
    body = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()
    headers = event["headers"]
    try:
        timestamp = headers["x-signature-timestamp"].encode()
        KEY.verify(timestamp + body, bytes.fromhex(headers["x-signature-ed25519"]))
    except (KeyError, ValueError, BadSignatureError):
        return {"statusCode": 401, "body": ""}
    if json.loads(body)["type"] != 1:
        return {"statusCode": 400, "body": ""}
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps({"type": 1})}
