import { isIPv4, isIPv6 } from 'node:net';
import type { Actor } from '../telemetry/context.ts';
import type { LooseActs } from '../trail/loose-acts.ts';
import type { App, Request } from './app-type.ts';
import type { Principal } from './principal.ts';
import { routeOf } from './request-log.ts';

/**
 * Says of every request who makes it and from which network, so that what it does is noted in the audit trail under
 * their name; and notes what was refused to them, with what else no transaction carries, once it is answered.
 */
export function noteActs(app: App, acts: LooseActs): void {
  // After the hooks of onRequest, which find out who it is.
  app.addHook('preValidation', (request, _reply, done) => {
    sayWho(request);
    done();
  });
  app.addHook('onResponse', (request, _reply, done) => {
    const { marks } = request;
    if (marks === null) return done();
    // Refused before it was validated.
    sayWho(request);
    const about = { actor: marks.actor, network: marks.network, correlationId: request.id };
    for (const act of marks.acts) acts.add(act, about);
    if (request.problemCode === 'forbidden')
      acts.add(
        { act: 'access.refused', subject: routeOf(request), detail: { method: request.method } },
        about,
      );
    done();
  });
}

function sayWho({ marks, principal, ip }: Request): void {
  if (marks === null) return;
  marks.network = networkOf(ip);
  marks.actor = principal ? { kind: kindOf(principal), id: principal.userId } : VISITOR;
}

function kindOf({ apiKey, role }: Principal): Actor['kind'] {
  if (apiKey !== undefined) return 'api-key';
  return role === 'customer' ? 'customer' : 'staff';
}

const VISITOR: Actor = { kind: 'visitor', id: null };

/** The network of an address, which many share: of IPv4 the first three bytes, of IPv6 the first 48 bits. */
export function networkOf(ip: string): string | null {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1] ?? ip;
  if (isIPv4(mapped)) return `${mapped.split('.').slice(0, 3).join('.')}.0/24`;
  if (!isIPv6(mapped)) return null;
  const [front = '', back] = mapped.replace(/%.*$/, '').split('::');
  const groups = front === '' ? [] : front.split(':');
  const missing =
    back === undefined ? 0 : 8 - groups.length - (back === '' ? 0 : back.split(':').length);
  const whole = [...groups, ...Array<string>(missing).fill('0'), ...(back ? back.split(':') : [])];
  return `${whole.slice(0, 3).join(':')}::/48`;
}
