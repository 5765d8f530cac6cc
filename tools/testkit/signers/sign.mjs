// Signs, or verifies, what stands on the standard input with somebody else's library, and prints what came of it.
// It is run as an expression where the packages lie, so that their names are found.
let text = "";
for await (const chunk of process.stdin) text += chunk;
const asked = JSON.parse(text);

const doing = {
  async github({ secret, body }) {
    const { sign } = await import("@octokit/webhooks-methods");
    return { signature: await sign(secret, body) };
  },
  async standard({ secret, id, at, body }) {
    const { Webhook } = await import("standardwebhooks");
    return { signature: new Webhook(secret).sign(id, new Date(at * 1000), body) };
  },
  async jwt_sign({ key, header, claims }) {
    const { SignJWT } = await import("jose");
    const bytes = Buffer.from(key, "hex");
    return { token: await new SignJWT(claims).setProtectedHeader(header).sign(bytes) };
  },
  async jwt_verify({ key, token, issuer, at }) {
    const { jwtVerify } = await import("jose");
    const options = { issuer, audience: issuer, algorithms: ["HS256"], currentDate: new Date(at * 1000) };
    const { payload, protectedHeader } = await jwtVerify(token, Buffer.from(key, "hex"), options);
    return { payload, header: protectedHeader };
  },
};

console.log(JSON.stringify(await doing[asked.do](asked)));
