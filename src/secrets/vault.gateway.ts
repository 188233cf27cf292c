import { readFile } from 'node:fs/promises';
import type { VaultConfig } from '../config/vault.ts';
import { type SecretSource, SourceError } from './source.ts';

const ANSWER_WITHIN_MS = 5000;

/** A token of Vault's, and when to see to it that it lives on. */
interface Held {
  readonly token: string;
  readonly renewable: boolean;
  readonly renewAt: number;
}

/**
 * Reads from HashiCorp Vault's key-value engine, version 2, with a token or as a service account of Kubernetes. A
 * token is renewed once half its time has passed, and a new one asked for where that is refused. Paths are
 * `<mount>/<path>`.
 */
export function createVault(config: VaultConfig): SecretSource {
  let held: Promise<Held> | null = null;

  async function token(): Promise<string> {
    held ??= signIn();
    const current = await held;
    if (Date.now() < current.renewAt) return current.token;
    held = current.renewable ? renew(current.token).catch(signIn) : signIn();
    return (await held).token;
  }

  async function signIn(): Promise<Held> {
    if (config.kubernetes !== null) return logIn(config.kubernetes);
    const known = config.token() ?? '';
    const { status, body } = await ask(config, 'GET', 'auth/token/lookup-self', { token: known });
    // Not every token may look at itself; then nothing is known of its end.
    if (status !== 200) return { token: known, renewable: false, renewAt: Infinity };
    return heldFor(known, { seconds: body?.data?.ttl, renewable: body?.data?.renewable });
  }

  async function logIn(account: NonNullable<VaultConfig['kubernetes']>): Promise<Held> {
    const { role, mount, tokenPath } = account;
    const jwt = await readFile(tokenPath, 'utf8').catch((cause: NodeJS.ErrnoException) => {
      throw new SourceError(`the service account's token cannot be read (${cause.code})`);
    });
    const body = { role, jwt: jwt.trim() };
    return tokenIn(await ask(config, 'POST', `auth/${mount}/login`, { body }), 'the login');
  }

  async function renew(current: string): Promise<Held> {
    const answer = await ask(config, 'POST', 'auth/token/renew-self', { token: current, body: {} });
    return tokenIn(answer, 'the renewal');
  }

  return {
    async read(path) {
      const [mount = '', ...rest] = path.split('/');
      if (mount === '' || rest.join('/') === '')
        throw new SourceError('its path is not <mount>/<path>#<field>');
      const at = [mount, 'data', ...rest].map(encodeURIComponent).join('/');
      const used = await token().catch(forgetting);
      let answer = await ask(config, 'GET', at, { token: used });
      if (answer.status === 403) {
        // Its time may have ended, or it was revoked: once more with a new one.
        held = null;
        answer = await ask(config, 'GET', at, { token: await token().catch(forgetting) });
      }
      if (answer.status !== 200) throw new SourceError(meaningOf(answer.status, 'reading it'));
      const fields = answer.body?.data?.data;
      if (typeof fields !== 'object' || fields === null)
        throw new SourceError('Vault answered without fields: is the engine of version 2?');
      return fields;
    },
  };

  function forgetting(error: unknown): never {
    held = null;
    throw error;
  }
}

interface Answer {
  readonly status: number;
  /** Of Vault's API; what is asked of it is checked where it is used. */
  readonly body: {
    readonly auth?: { client_token?: unknown; lease_duration?: unknown; renewable?: unknown };
    readonly data?: { data?: Record<string, unknown>; ttl?: unknown; renewable?: unknown };
  } | null;
}

async function ask(
  { address, namespace }: VaultConfig,
  method: 'GET' | 'POST',
  path: string,
  { token, body }: { token?: string; body?: object },
): Promise<Answer> {
  try {
    const response = await fetch(`${address}/v1/${path}`, {
      method,
      // A token goes to the address that was configured and nowhere else.
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      headers: {
        'x-vault-request': 'true',
        ...(token === undefined ? {} : { 'x-vault-token': token }),
        ...(namespace === null ? {} : { 'x-vault-namespace': namespace }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: response.ok ? JSON.parse(text) : null };
  } catch (error) {
    if (error instanceof SyntaxError) throw new SourceError('what answers is not Vault');
    const { name, cause } = error as Error & { cause?: { code?: string } };
    throw new SourceError(`Vault does not answer (${cause?.code ?? name})`);
  }
}

function tokenIn({ status, body }: Answer, what: string): Held {
  const { client_token: token, lease_duration: seconds, renewable } = body?.auth ?? {};
  if (status !== 200 || typeof token !== 'string') throw new SourceError(meaningOf(status, what));
  return heldFor(token, { seconds, renewable });
}

/** A token without an end is never renewed. */
function heldFor(token: string, life: { seconds: unknown; renewable: unknown }): Held {
  const half = typeof life.seconds === 'number' && life.seconds > 0 ? life.seconds * 500 : Infinity;
  return { token, renewable: life.renewable === true, renewAt: Date.now() + half };
}

function meaningOf(status: number, what: string): string {
  if (status === 400 || status === 401 || status === 403)
    return `Vault refuses ${what} (${status})`;
  if (status === 404) return 'Vault has nothing there (404)';
  if (status === 503) return 'Vault is sealed or being maintained (503)';
  return `Vault answered ${what} with ${status}`;
}
