import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { secretSources } from '../../src/secrets/sources.ts';
import { until } from '../support/until.ts';
import { startSecretsManager } from './secrets-manager.ts';
import { startVault } from './vault.ts';

let vault: Awaited<ReturnType<typeof startVault>>;
let folder: string;
const KEY = 'kept-in-a-manager '.repeat(3).trim();
const fetched = (env: Record<string, string>) => secretSources(env).fetch();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mainstay-secrets-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a variable in Vault', () => {
  const env = () => ({
    VAULT_ADDR: vault.url,
    VAULT_TOKEN: 'hvs.root',
    JWT_SECRET_VAULT: 'secret/mainstay/prod#jwt',
    STRIPE_SECRET_KEY_VAULT: 'secret/mainstay/prod#stripe',
  });
  beforeEach(async () => {
    await vault?.stop();
    vault = await startVault();
    vault.tokens.set('hvs.root', { ttl: 0, renewable: false });
    vault.secrets.set('secret/data/mainstay/prod', { jwt: KEY, stripe: 'sk_live_1', list: [1] });
  });
  afterAll(() => vault.stop());

  it('is read with a token, each path once', async () => {
    const config = loadConfig(env(), await fetched(env()));
    expect(config.jwt.secrets).toEqual([KEY]);
    expect(config.stripe.secretKey).toBe('sk_live_1');
    expect(vault.reads).toBe(1);
  });

  it('is read in a namespace', async () => {
    vault.namespace = 'team';
    const inside = { ...env(), VAULT_NAMESPACE: 'team' };
    expect((await fetched(inside)).values.get('JWT_SECRET')).toBe(KEY);
    expect((await fetched(env())).problems).toHaveLength(2);
  });

  it('is read by a service account of Kubernetes, which logs in again when its token ends', async () => {
    const tokenPath = join(folder, 'token');
    await writeFile(tokenPath, 'a.service.account\n');
    vault.serviceAccounts.set('shop', 'a.service.account');
    const { VAULT_TOKEN, ...rest } = env();
    const account = { ...rest, VAULT_ROLE: 'shop', VAULT_KUBERNETES_TOKEN_PATH: tokenPath };
    const sources = secretSources(account);
    expect((await sources.fetch()).values.size).toBe(2);
    expect((await sources.fetch()).values.size).toBe(2);
    expect(vault.logins).toBe(1);
    vault.tokens.clear();
    expect(await sources.fetch()).toMatchObject({ problems: [] });
    expect(vault.logins).toBe(2);
    const stranger = await fetched({ ...account, VAULT_ROLE: 'stranger' });
    expect(stranger.problems[0]).toBe(
      'JWT_SECRET_VAULT cannot be read: Vault refuses the login (403)',
    );
  });

  it('keeps its token alive', async () => {
    vault.tokens.set('hvs.root', { ttl: 0.001, renewable: true });
    const sources = secretSources(env());
    // Half a millisecond after the first, which the second may be too quick for.
    await until(async () => {
      await sources.fetch();
      return vault.renewals > 0;
    });
  });

  it('is refused with its name and reason, all at once, and no value', async () => {
    const wrong = {
      ...env(),
      STRIPE_SECRET_KEY_VAULT: 'secret/nowhere#stripe',
      SMTP_URL_VAULT: 'secret/mainstay/prod#list',
      METRICS_TOKEN_VAULT: 'secret/mainstay/prod#toString',
      REDIS_URL_VAULT: 'secret',
    };
    const { problems } = await fetched(wrong);
    expect(problems).toEqual([
      'METRICS_TOKEN_VAULT cannot be read: it has no text in its field toString',
      'REDIS_URL_VAULT cannot be read: its path is not <mount>/<path>#<field>',
      'SMTP_URL_VAULT cannot be read: it has no text in its field list',
      'STRIPE_SECRET_KEY_VAULT cannot be read: Vault has nothing there (404)',
    ]);
    const broken = { ...wrong, PORT: 'x', NODE_ENV: 'production' };
    const answer = await fetched(broken);
    expect(() => loadConfig(broken, answer)).toThrow(/PORT is malformed/);
    expect(() => loadConfig(broken, answer)).toThrow(/VAULT_ADDR|STRIPE_SECRET_KEY_VAULT/);
    expect(() => loadConfig(broken, answer)).not.toThrow(KEY);
  });

  it('cannot be read from a Vault that is sealed, refuses, or is away', async () => {
    const problem = async (other = {}) => (await fetched({ ...env(), ...other })).problems[0];
    vault.sealed = true;
    expect(await problem()).toContain('sealed or being maintained (503)');
    vault.sealed = false;
    expect(await problem({ VAULT_TOKEN: 'hvs.wrong' })).toContain('refuses reading it (403)');
    expect(await problem({ VAULT_ADDR: 'http://127.0.0.1:9' })).toContain('does not answer');
    expect(await problem({ VAULT_ADDR: '' })).toContain('VAULT_ADDR is required');
    expect(await problem({ VAULT_TOKEN: '' })).toContain('VAULT_TOKEN or VAULT_ROLE');
    const open = { NODE_ENV: 'production', VAULT_ADDR: 'http://vault.example' };
    expect(await problem(open)).toContain('must be https://');
  });

  it('is refused beside another form of it', async () => {
    const both = { ...env(), JWT_SECRET: KEY };
    const answer = await fetched(both);
    expect(() => loadConfig(both, answer)).toThrow('JWT_SECRET and JWT_SECRET_VAULT are both set');
  });
});

describe('a variable in AWS Secrets Manager', () => {
  const credentials = { id: 'AKIDEXAMPLE', secret: 'of the account', region: 'eu-west-1' };
  let manager: Awaited<ReturnType<typeof startSecretsManager>>;
  beforeAll(async () => {
    manager = await startSecretsManager(credentials);
    manager.secrets.set('shop/prod', JSON.stringify({ jwt: KEY, port: 5010 }));
    manager.secrets.set('shop/smtp', 'smtps://user:pass@mail.example');
    process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER = manager.url;
    process.env.AWS_REGION = credentials.region;
    process.env.AWS_ACCESS_KEY_ID = credentials.id;
    process.env.AWS_SECRET_ACCESS_KEY = credentials.secret;
  });
  afterAll(() => manager.stop());

  it('is read by a signed request: a field, or all of the text', async () => {
    const env = {
      JWT_SECRET_AWS: 'shop/prod#jwt',
      PORT_AWS: 'shop/prod#port',
      SMTP_URL_AWS: 'shop/smtp',
    };
    const config = loadConfig(env, await fetched(env));
    expect(config).toMatchObject({ port: 5010, smtpUrl: 'smtps://user:pass@mail.example' });
    expect(config.jwt.secrets).toEqual([KEY]);
  });

  it('is refused with its name and reason, and no value', async () => {
    const { problems } = await fetched({
      JWT_SECRET_AWS: 'shop/none#jwt',
      SMTP_URL_AWS: 'shop/smtp#url',
      METRICS_TOKEN_AWS: 'shop/prod#other',
    });
    expect(problems).toEqual([
      'JWT_SECRET_AWS cannot be read: AWS has no such secret',
      'METRICS_TOKEN_AWS cannot be read: it has no text in its field other',
      'SMTP_URL_AWS cannot be read: it is no JSON object, so it has no fields',
    ]);
  });

  it('is not given to whoever signs with another key', async () => {
    process.env.AWS_SECRET_ACCESS_KEY = 'of somebody else';
    expect((await fetched({ JWT_SECRET_AWS: 'shop/prod#jwt' })).problems).toEqual([
      'JWT_SECRET_AWS cannot be read: AWS Secrets Manager cannot be read (InvalidSignatureException)',
    ]);
  });
});
