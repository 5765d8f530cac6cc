"""Signs what stands on the standard input with somebody else's library, and prints what came of it."""

import datetime
import json
import sys

asked = json.load(sys.stdin)

if asked["do"] == "slack":
    from slack_sdk.signature import SignatureVerifier

    verifier = SignatureVerifier(signing_secret=asked["secret"])
    signature = verifier.generate_signature(timestamp=str(asked["at"]), body=asked["body"])
else:
    from standardwebhooks.webhooks import Webhook

    at = datetime.datetime.fromtimestamp(asked["at"], tz=datetime.timezone.utc)
    signature = Webhook(asked["secret"]).sign(asked["id"], at, asked["body"])

print(json.dumps({"signature": signature}))
