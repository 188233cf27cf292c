import { isPrivate } from './addresses.ts';
import type { Environment } from './environment.ts';
import { isProduction, reader } from './reader.ts';

export interface VaultConfig {
  /** Without a trailing slash. */
  readonly address: string;
  /** Of Vault Enterprise; null: none. */
  readonly namespace: string | null;
  /** null: a token of the environment is used. */
  readonly kubernetes: {
    readonly role: string;
    readonly mount: string;
    /** The file with the service account's token, read at every login: Kubernetes renews it. */
    readonly tokenPath: string;
  } | null;
  /** The token as the environment, or the file that it names, has it now. */
  readonly token: () => string | null;
}

const SERVICE_ACCOUNT_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** How to reach Vault and who to be there; what is wrong with it is added to `problems`. */
export function readVaultConfig(env: Environment, problems: string[]): VaultConfig {
  const read = reader(env, problems);
  const address = read.url('VAULT_ADDR', ['https:', 'http:']);
  const role = read.text('VAULT_ROLE');
  const token = read.text('VAULT_TOKEN');
  if (address === null) problems.push('VAULT_ADDR is required where a variable comes from Vault');
  else if (isProduction(env) && !isPrivate(address))
    problems.push('VAULT_ADDR must be https:// in production, or on this machine');
  if ((role === null) === (token === null))
    problems.push('VAULT_TOKEN or VAULT_ROLE says who reads from Vault: set one of them');
  return {
    address: address?.replace(/\/+$/, '') ?? '',
    namespace: read.text('VAULT_NAMESPACE'),
    kubernetes:
      role === null
        ? null
        : {
            role,
            mount: read.text('VAULT_KUBERNETES_MOUNT') ?? 'kubernetes',
            tokenPath: read.text('VAULT_KUBERNETES_TOKEN_PATH') ?? SERVICE_ACCOUNT_TOKEN,
          },
    token: () => reader(env, []).text('VAULT_TOKEN'),
  };
}
