"""The smallest API that PyJWT's documentation leads to: it says who the token's bearer is."""

import json
import os

import jwt

KEYS = {key["kid"]: bytes.fromhex(key["key"]) for key in json.loads(os.environ["BENCH_JWT_KEYS"])["keys"]}
REALM = os.environ["PUBLIC_BASE_URL"]


def handler(event, _context):
    scheme, _, token = event["headers"].get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return {"statusCode": 401, "body": ""}
    try:
        key = KEYS[jwt.get_unverified_header(token)["kid"]]
        claims = jwt.decode(token, key, algorithms=["HS256"], issuer=REALM, audience=REALM)
    except (KeyError, jwt.InvalidTokenError):
        return {"statusCode": 401, "body": ""}
    subject = {"kind": "person", "user": claims["sub"], "username": claims["username"]}
    return {
        "statusCode": 200,
        "headers": {"content-type": "application/json"},
        "body": json.dumps({"subject": subject}),
    }
