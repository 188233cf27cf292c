import { isId } from '../shared/ids.ts';
import type { ActivityLog, ActivityOutcome } from '../telemetry/activity.ts';
import type { App, Request } from './app-type.ts';
import { hashOf, routeOf } from './request-log.ts';

/** Answers that anybody gets without being known: they say nothing about the order, and cost nothing to make. */
const ANONYMOUS = new Set([401, 429]);
/** What fails because somebody else failed, whatever the status of the answer. */
const FAILURES = new Set(['payment_provider_unavailable', 'service_unavailable', 'internal_error']);

/** Notes requests that were about an order, and every one that failed on our side. */
export function noteRequests(app: App, activity: ActivityLog): void {
  app.addHook('onResponse', (request, reply, done) => {
    const { marks, principal } = request;
    const code = request.problemCode ?? marks?.code ?? null;
    const { statusCode: status } = reply;
    const outcome = outcomeOf(status, code);
    if (outcome === 'ok' && isLook(request)) {
      done();
      return;
    }
    const orders = new Set(marks?.orders);
    const named = ANONYMOUS.has(status) ? null : orderInAddress(request);
    if (named !== null) orders.add(named);
    if (marks !== null && isKept(request, outcome, orders))
      activity.note(
        {
          kind: 'request',
          name: `${request.method} ${routeOf(request)}`,
          outcome,
          status,
          code,
          durationMs: Math.round(reply.elapsedTime),
          correlationId: request.id,
          actorHash: principal && hashOf(principal.userId),
        },
        { marks, orders },
      );
    done();
  });
}

function outcomeOf(status: number, code: string | null): ActivityOutcome {
  if (status >= 500 || (code !== null && FAILURES.has(code))) return 'failed';
  return status >= 400 || code !== null ? 'refused' : 'ok';
}

/** Looking at an order is no news. */
function isLook({ method }: Request): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** A probe that says that the database is away is no news either. */
function isKept({ url }: Request, outcome: ActivityOutcome, orders: ReadonlySet<string>): boolean {
  if (/^\/(health|metrics)\b/.test(url)) return false;
  return outcome === 'failed' || orders.size > 0;
}

/** The order that an address names, also where the request failed before it was looked for. */
function orderInAddress(request: Request): string | null {
  if (!routeOf(request).includes('/orders/:id')) return null;
  const { id } = request.params as { id?: string };
  return id !== undefined && isId(id) ? id.toLowerCase() : null;
}
