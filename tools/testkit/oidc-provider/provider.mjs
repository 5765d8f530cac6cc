// An authorization server that is not ours: oidc-provider, at a service's paths and with its habits.
//
//     node provider.mjs FOLDER SERVICE CLIENT
//
// FOLDER holds its node_modules, SERVICE is one of those below, CLIENT is JSON: client_id, client_secret, redirect_uris.
// Says {"address": …} on its standard output once it listens, and ends with its standard input.

import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const SERVICES = {
  youtube: {
    issuer: 'https://accounts.google.com',
    scopes: ['openid', 'https://www.googleapis.com/auth/youtube.readonly'],
    auth: 'client_secret_post',
    routes: { authorization: '/o/oauth2/v2/auth', token: '/token', revocation: '/revoke', userinfo: '/v1/userinfo' },
    // Google asks nobody who revokes a token which client they are.
    revokesForAll: true,
  },
  discord: {
    issuer: 'https://discord.com',
    scopes: ['identify'],
    auth: 'client_secret_basic',
    routes: { authorization: '/oauth2/authorize', token: '/api/oauth2/token', revocation: '/api/oauth2/token/revoke' },
    // No OpenID Connect: its own API says whose a token is.
    account: '/api/v10/users/@me',
  },
};

// It warns of what makes it a server for tests. Errors are still heard.
console.info = () => {};
console.warn = () => {};

const [folder, name, registered] = process.argv.slice(2);
const service = SERVICES[name];
if (!service) {
  console.error(`no such service: ${name}`);
  process.exit(1);
}
const client = JSON.parse(registered);
const entry = createRequire(join(folder, 'package.json')).resolve('oidc-provider');
const { Provider } = await import(pathToFileURL(entry));

const provider = new Provider(service.issuer, {
  clients: [{
    ...client,
    token_endpoint_auth_method: service.auth,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
  }],
  clientAuthMethods: [service.auth],
  routes: service.routes,
  scopes: service.scopes,
  pkce: { required: () => true },
  issueRefreshToken: () => true,
  rotateRefreshToken: true,
  // Whoever gives a name has that account.
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  features: {
    devInteractions: { enabled: true },
    revocation: { enabled: true },
    rpInitiatedLogout: { enabled: false },
  },
  cookies: { keys: ['of tests'] },
  // In seconds.
  ttl: {
    AccessToken: 3600,
    AuthorizationCode: 60,
    Grant: 86_400,
    IdToken: 3600,
    Interaction: 600,
    RefreshToken: 86_400,
    Session: 3600,
  },
});

// Every request and every grant that was taken back, counted for the tests.
const calls = {};
const count = (what) => { calls[what] = (calls[what] ?? 0) + 1; };
provider.on('grant.revoked', () => count('grant.revoked'));
provider.on('server_error', (_, error) => console.error(error));

provider.use(async (ctx, next) => {
  if (ctx.path === '/_calls') {
    ctx.body = calls;
    return;
  }
  count(`${ctx.method} ${ctx.path}`);
  if (service.revokesForAll && ctx.path === service.routes.revocation) {
    const pair = [client.client_id, client.client_secret].map(encodeURIComponent).join(':');
    ctx.req.headers.authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
  }
  if (ctx.path === service.account) {
    await account(ctx);
  } else if (ctx.method === 'POST' && ctx.query.withheld) {
    await consent(ctx, ctx.query.withheld);
  } else {
    await next();
  }
});

async function account(ctx) {
  const token = await provider.AccessToken.find(ctx.get('authorization').replace(/^Bearer /, ''));
  ctx.status = token ? 200 : 401;
  ctx.body = token ? { id: token.accountId, username: 'somebody' } : { message: '401: Unauthorized', code: 0 };
}

// The built-in consent form knows all or nothing; a service's own has a box for each scope.
async function consent(ctx, withheld) {
  const { params, session } = await provider.interactionDetails(ctx.req, ctx.res);
  const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  for (const scope of params.scope.split(' ')) {
    if (scope === withheld) grant.rejectOIDCScope(scope);
    else grant.addOIDCScope(scope);
  }
  const result = { consent: { grantId: await grant.save() } };
  await provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: true });
  ctx.respond = false;
}

const server = createServer(provider.callback());
server.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ address: `http://127.0.0.1:${server.address().port}` }));
});
process.stdin.on('end', () => process.exit()).resume();
