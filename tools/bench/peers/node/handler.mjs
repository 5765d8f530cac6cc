// The smallest handler that the package's own documentation leads to.
import { InteractionResponseType, InteractionType, verifyKey } from "discord-interactions";

const publicKey = process.env.DISCORD_PUBLIC_KEYS;

export async function handler(event) {
  const body = event.isBase64Encoded ? Buffer.from(event.body, "base64") : event.body;
  const signature = event.headers["x-signature-ed25519"];
  const timestamp = event.headers["x-signature-timestamp"];
  if (!signature || !timestamp || !(await verifyKey(body, signature, timestamp, publicKey))) {
    return { statusCode: 401, body: "" };
  }
  const interaction = JSON.parse(body);
  if (interaction.type !== InteractionType.PING) {
    return { statusCode: 400, body: "" };
  }
  return {
    statusCode: 200,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ type: InteractionResponseType.PONG }),
  };
}
