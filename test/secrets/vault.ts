import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What HashiCorp Vault's HTTP API does for a reader: KV version 2, tokens with a lease, Kubernetes login, its refusals. */
export async function startVault() {
  const state = {
    secrets: new Map<string, Record<string, unknown>>(),
    /** The tokens that are good, and the seconds that each has. */
    tokens: new Map<string, { ttl: number; renewable: boolean }>(),
    serviceAccounts: new Map<string, string>(),
    namespace: null as string | null,
    leaseSeconds: 3600,
    sealed: false,
    logins: 0,
    renewals: 0,
    reads: 0,
  };
  const server = createServer(async (request, response) => {
    const [status, body] = answer(request, JSON.parse((await textOf(request)) || '{}'));
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });

  function answer(
    request: IncomingMessage,
    body: { role?: string; jwt?: string },
  ): [number, unknown] {
    const path = decodeURIComponent((request.url ?? '').replace('/v1/', ''));
    const token = String(request.headers['x-vault-token'] ?? '');
    const known = state.tokens.get(token);
    if (state.sealed) return [503, { errors: ['Vault is sealed'] }];
    if (request.headers['x-vault-request'] !== 'true') return [400, { errors: ['no header'] }];
    if ((request.headers['x-vault-namespace'] ?? null) !== state.namespace)
      return [403, { errors: ['permission denied'] }];
    if (path === 'auth/kubernetes/login' && request.method === 'POST') {
      if (state.serviceAccounts.get(body.role ?? '') !== body.jwt)
        return [403, { errors: ['permission denied'] }];
      state.logins += 1;
      const made = `hvs.login-${state.logins}`;
      state.tokens.set(made, { ttl: state.leaseSeconds, renewable: true });
      return [
        200,
        { auth: { client_token: made, lease_duration: state.leaseSeconds, renewable: true } },
      ];
    }
    if (known === undefined) return [403, { errors: ['permission denied'] }];
    if (path === 'auth/token/lookup-self') return [200, { data: known }];
    if (path === 'auth/token/renew-self' && request.method === 'POST') {
      state.renewals += 1;
      return [200, { auth: { client_token: token, lease_duration: known.ttl, renewable: true } }];
    }
    state.reads += 1;
    const data = state.secrets.get(path);
    return data ? [200, { data: { data, metadata: { version: 1 } } }] : [404, { errors: [] }];
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(state, { url, stop: () => stop(server) });
}

export function stop(server: ReturnType<typeof createServer>): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

export async function textOf(stream: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
