"""The other side of differential.rs: signs with PyNaCl, verifies with discord-interactions. JSON in, JSON out."""

import json
import sys

from discord_interactions import verify_key
from nacl.signing import SigningKey

what, seed, timestamp, public_key = sys.argv[1:]
question = json.load(sys.stdin)

if what == "sign":
    key = SigningKey(bytes.fromhex(seed))
    assert key.verify_key.encode().hex() == public_key
    answer = [key.sign(timestamp.encode() + bytes.fromhex(body)).signature.hex() for body in question]
else:
    answer = [verify_key(bytes.fromhex(body), sig, ts, public_key) for body, sig, ts in question]

print(json.dumps(answer))
