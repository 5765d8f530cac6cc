// A Runtime API loop. AWS's own client for Node builds native code while it installs; this one does the same calls with
// less, so it flatters the peer, if anything.
import http from "node:http";

// Which handler: a file beside this one.
const { handler } = await import(new URL(process.argv[2], import.meta.url));

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

function call(method, path, body) {
  return new Promise((resolve, reject) => {
    const request = http.request({ host, port, method, path: `/2018-06-01/runtime${path}`, agent }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => resolve({ headers: response.headers, body: Buffer.concat(chunks).toString() }));
      response.on("error", reject);
    });
    request.on("error", reject);
    request.end(body);
  });
}

for (;;) {
  const next = await call("GET", "/invocation/next");
  const id = next.headers["lambda-runtime-aws-request-id"];
  try {
    await call("POST", `/invocation/${id}/response`, JSON.stringify(await handler(JSON.parse(next.body))));
  } catch (error) {
    const report = JSON.stringify({ errorType: error.name, errorMessage: error.message });
    await call("POST", `/invocation/${id}/error`, report);
  }
}
