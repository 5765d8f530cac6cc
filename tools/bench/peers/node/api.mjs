// The smallest API that the package's own documentation leads to: it says who the token's bearer is.
import { jwtVerify } from "jose";

const keys = new Map(JSON.parse(process.env.BENCH_JWT_KEYS).keys.map(({ kid, key }) => [kid, Buffer.from(key, "hex")]));
const realm = process.env.PUBLIC_BASE_URL;
const rules = { algorithms: ["HS256"], issuer: realm, audience: realm };

export async function handler(event) {
  const [scheme, token] = (event.headers.authorization ?? "").split(" ");
  try {
    if (scheme.toLowerCase() !== "bearer") {
      return { statusCode: 401, body: "" };
    }
    const { payload } = await jwtVerify(token, ({ kid }) => keys.get(kid), rules);
    return {
      statusCode: 200,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ subject: { kind: "person", user: payload.sub, username: payload.username } }),
    };
  } catch {
    return { statusCode: 401, body: "" };
  }
}
