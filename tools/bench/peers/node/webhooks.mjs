// The smallest handler of GitHub's webhooks that the package's own documentation leads to.
import { verify } from "@octokit/webhooks-methods";

const secret = process.env.BENCH_WEBHOOK_SECRET;

export async function handler(event) {
  const body = event.isBase64Encoded ? Buffer.from(event.body, "base64").toString() : event.body;
  const signature = event.headers["x-hub-signature-256"];
  if (!signature || !(await verify(secret, body, signature))) {
    return { statusCode: 401, body: "" };
  }
  JSON.parse(body);
  return { statusCode: 204, body: "" };
}
