import { readFileSync } from 'node:fs';
import type { ProxyConfig } from '../config.ts';

const SETTING = 'net.ipv4.tcp_migrate_req';
const FILE = `/proc/sys/${SETTING.replaceAll('.', '/')}`;

/**
 * What is to be said of a proxy whose reloads cost connections, or null. Caddy opens its ports anew at each reload and
 * closes the old ones; Linux resets what waits in those for being taken, unless it is told to hand it on.
 */
export function resetsAtReload({ kind }: Pick<ProxyConfig, 'kind'>, file = FILE): string | null {
  if (kind !== 'caddy' || handsOn(file)) return null;
  return `Caddy may reset connections at each step, as ${SETTING} is not 1 here (docs/rollout.md#set-up)`;
}

function handsOn(file: string): boolean {
  try {
    return readFileSync(file, 'utf8').trim() === '1';
  } catch {
    // A system without that: Linux before 5.14.
    return false;
  }
}
