import type { Config } from '../config.ts';
import { type Finding, fault, ok, warning } from './finding.ts';

/** Words that examples have where a secret belongs. */
const EXAMPLES = /change|example|secret|password|mainstay|12345/i;
const FEW_CHARACTERS = 12;

/** What the configuration's own rules let pass and a person should know. */
export function checkSettings(config: Config): Finding[] {
  const production = config.environment === 'production';
  return [
    publicUrl(config, production),
    ...secrets(config, production),
    stripe(config, production),
  ];
}

function publicUrl({ publicUrl, port }: Config, production: boolean): Finding {
  const { protocol, hostname, port: named, host } = new URL(publicUrl);
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  if (production && protocol === 'http:')
    return warning(
      'PUBLIC_URL',
      `${host} is reached without TLS`,
      'https://…: cookies are Secure and HSTS is on then',
    );
  if (local && port !== 0 && Number(named || 80) !== port)
    return warning(
      'PUBLIC_URL',
      `${host} is not where this shop listens (${port})`,
      'leave it out, or name the port; links and returns from paying go there',
    );
  return ok('PUBLIC_URL', publicUrl);
}

function secrets({ jwt, sealingKeys, metrics, admin }: Config, production: boolean): Finding[] {
  const named: [string, readonly string[]][] = [
    ['JWT_SECRET', jwt.secrets],
    ['SEALING_KEY', sealingKeys],
    ['METRICS_TOKEN', metrics.token === null ? [] : [metrics.token]],
    ['ADMIN_PASSWORD', admin === null ? [] : [admin.password]],
  ];
  const weak = named.filter(([, values]) => values.some(isWeak)).map(([name]) => name);
  const judge = production ? fault : warning;
  const found = weak.map((name) =>
    judge(name, 'looks like an example, or repeats few characters', 'openssl rand -base64 32'),
  );
  if (production && sealingKeys.length === 0)
    found.push(
      warning('SEALING_KEY', 'is not set', 'openssl rand -base64 32: seals second factors at rest'),
    );
  return found.length > 0 ? found : [ok('secrets', 'none looks weak')];
}

/** Keys in PEM are as strong as they are long; the configuration has looked at that. */
function isWeak(value: string): boolean {
  if (value.includes('PRIVATE KEY')) return false;
  return EXAMPLES.test(value) || new Set(value).size < FEW_CHARACTERS;
}

function stripe({ stripe: { secretKey, apiBase } }: Config, production: boolean): Finding {
  if (secretKey === null) return ok('Stripe key', 'none: the local stand-in takes payments');
  const isTest = /^(sk|rk)_test_/.test(secretKey);
  if (production && isTest && apiBase === null)
    return warning('Stripe key', 'is a test key: no money moves', 'set the live one to sell');
  return ok('Stripe key', isTest ? 'of test mode' : 'of live mode');
}
