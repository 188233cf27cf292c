import type { Address } from '../config.ts';
import { type Colour, other } from '../state.ts';
import type { Traffic } from './proxy.ts';

/** What the cookie of a visitor is made of: each character is as likely as the others. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** Places on the ring of addresses: Caddy 2.6 knows no weights, so a weight is how often a name stands there. */
const RING = 20;
const COOKIE = '(^|; ?)(__Host-)?mainstay_visitor=';

/**
 * The file of deploy/caddy/release.d. A browser is told by the first character of the cookie that the shop gives every
 * visitor (64 of them), a program by its address on a ring of 20: shares are met as near as that allows.
 */
export function caddyFile(
  { name, to, share, spare }: Traffic,
  addresses: Readonly<Record<Colour, Address>>,
): string {
  const at = (colour: Colour) => addresses[colour].upstream;
  const head = `# Written by npm run rollout (docs/rollout.md); what is changed here is lost.
@rollout {
	path /.rollout
	remote_ip private_ranges
}
respond @rollout "${name}"
`;
  if (share === 100)
    return `${head}${proxyTo(spare ? [at(to), at(other(to))] : [at(to)], 'first')}`;
  const fresh = Math.round((share * RING) / 100);
  const ring = [
    ...Array.from({ length: fresh }, () => at(to)),
    ...Array.from({ length: RING - fresh }, () => at(other(to))),
  ];
  const first = ALPHABET.slice(0, Math.round((share * ALPHABET.length) / 100)).replace('-', '\\-');
  // No handle blocks: they would come before what the Caddyfile keeps inside.
  return `${head}@fresh header_regexp Cookie "${COOKIE}[${first}]"
${proxyTo([at(to), at(other(to))], 'first', '@fresh')}@known header_regexp Cookie "${COOKIE}"
${proxyTo([at(other(to)), at(to)], 'first', '@known')}${proxyTo(ring, 'ip_hash')}`;
}

function proxyTo(upstreams: readonly string[], policy: 'first' | 'ip_hash', matcher = '*'): string {
  // One alone is better asked than taken for dead when it is slow. Caddy's own health checks are not used: at a reload
  // those that are under way end as failures, and requests of before it find no place that is well.
  const health = `
	# Who could not be reached is left alone for 2 s; the other place takes what did not reach it.
	fail_duration 2s`;
  return `reverse_proxy ${matcher} ${upstreams.join(' ')} {
	lb_policy ${policy}${upstreams.length > 1 ? health : ''}
	lb_try_duration 5s
	transport http {
		dial_timeout 3s
		response_header_timeout 35s
		keepalive 60s
		keepalive_idle_conns_per_host 32
	}
}
`;
}
