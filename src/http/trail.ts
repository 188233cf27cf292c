import { wideNetworkOf } from '../shared/network.ts';
import type { Actor } from '../telemetry/context.ts';
import type { Noted } from '../trail/acts.ts';
import type { LooseActs } from '../trail/loose-acts.ts';
import type { App, Request } from './app-type.ts';
import type { Principal } from './principal.ts';
import { routeOf } from './request-log.ts';

/**
 * Says of every request who makes it and from where, so that what it does is noted in the audit trail under their
 * name; and notes what was refused to them, with what else no transaction carries, once it is answered.
 */
export function noteActs(app: App, acts: LooseActs): void {
  // After the hooks of onRequest, which find out who it is.
  app.addHook('preValidation', (request, _reply, done) => {
    const { marks, ip } = request;
    if (marks !== null) {
      marks.actor = actorOf(request);
      marks.address = ip;
    }
    done();
  });
  app.addHook('onResponse', (request, _reply, done) => {
    const told = [...(request.marks?.acts ?? []), ...refusalOf(request)];
    if (told.length > 0) {
      // Found out anew: what was refused before it was validated is not marked yet.
      const network = wideNetworkOf(request.ip);
      const about = { actor: actorOf(request), network, correlationId: request.id };
      for (const act of told) acts.add(act, about);
    }
    done();
  });
}

/** The refusal that a request was answered with, as an act. */
function refusalOf(request: Request): Noted[] {
  if (request.problemCode !== 'forbidden') return [];
  const { method } = request;
  return [{ act: 'access.refused', subject: routeOf(request), detail: { method } }];
}

function actorOf({ principal }: Request): Actor {
  return principal ? { kind: kindOf(principal), id: principal.userId } : VISITOR;
}

function kindOf({ apiKey, role }: Principal): Actor['kind'] {
  if (apiKey !== undefined) return 'api-key';
  return role === 'customer' ? 'customer' : 'staff';
}

const VISITOR: Actor = { kind: 'visitor', id: null };
