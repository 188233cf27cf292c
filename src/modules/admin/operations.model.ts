import type { Instance } from '../../database/instances.ts';
import type { DatabaseVitals } from '../../database/vitals.ts';
import type { Backlog } from '../../events/backlog.ts';
import type { QueueState } from '../../events/jobs.ts';
import type { OpenWork, WebhookBacklog } from '../../telemetry/backlog-metrics.ts';
import type { PoolState } from '../../telemetry/database-metrics.ts';
import type { ReplicaState } from '../../telemetry/replica-metrics.ts';
import type { Run } from '../reconciliation/reconciliation.model.ts';
import { databasePart, replicaParts } from './operations-database.model.ts';
import { count, duration, lateness } from './operations-words.model.ts';

/** One part of the shop: how it does, in a sentence, and what to read where it does not do well. */
export interface Part {
  readonly name: string;
  readonly state: 'ok' | 'warn' | 'bad';
  readonly sentence: string;
  readonly runbook: string;
  /** The page of the console that shows more. */
  readonly href: string | null;
}

/** Deliveries to merchants' endpoints, and mails, as they stand. */
export interface Outgoing {
  readonly deliveriesPending: number;
  readonly deliveriesLate: number;
  readonly endpointsFailing: number;
  readonly endpointsDisabled: number;
  readonly mailsFailing: number;
  readonly relayHeld: boolean;
}

/** What the parts are judged by; null: it could not be read. */
export interface Readings {
  readonly now: Date;
  readonly version: string;
  readonly uptimeSeconds: number;
  readonly pool: Omit<PoolState, 'idle'>;
  readonly vitals: DatabaseVitals | null;
  readonly replicas: readonly ReplicaState[];
  /** The state of each service's circuit in this process: 0 closed, 1 half open, 2 open. */
  readonly circuits: Readonly<Record<string, number>>;
  readonly instances: readonly Instance[];
  readonly queue: QueueState | null;
  readonly outbox: Backlog | null;
  /** What the external broker is still to be sent. */
  readonly broker: Backlog | null;
  readonly stripeEvents: WebhookBacklog | null;
  readonly openWork: OpenWork | null;
  readonly outgoing: Outgoing;
  readonly run: Run | null;
}

/** How long work may wait before somebody should look, and before it is bad. */
const LATE_SECONDS = { warn: 10, bad: 60 };
const RECONCILED_WITHIN_SECONDS = { warn: 30 * 60, bad: 2 * 3600 };

const CIRCUIT_RUNBOOKS: Readonly<Record<string, string>> = {
  smtp: 'one-order.md#a-mail-was-not-sent',
  broker: 'events-not-sent.md#the-broker-is-away',
};

/** Every part of the shop, judged. */
export function partsOf(readings: Readings): Part[] {
  return [
    databasePart(readings),
    ...replicaParts(readings),
    ...Object.entries(readings.circuits).map(circuitPart),
    workerPart(readings),
    queuePart(readings),
    outboxPart(readings),
    ...brokerParts(readings),
    stripeEventsPart(readings),
    deliveriesPart(readings),
    mailsPart(readings),
    reconciliationPart(readings),
    auditPart(readings),
  ];
}

function circuitPart([name, circuit]: readonly [string, number]): Part {
  return {
    name: `Calls to ${name}`,
    state: circuit === 0 ? 'ok' : circuit === 1 ? 'warn' : 'bad',
    sentence:
      circuit === 0
        ? 'This process calls it.'
        : circuit === 1
          ? 'This process tries whether it is back.'
          : 'Its circuit is open: it failed too often, and this process does not call it for the moment.',
    runbook: CIRCUIT_RUNBOOKS[name] ?? 'stripe-unreachable.md',
    href: null,
  };
}

function workerPart({ instances, outgoing, version, uptimeSeconds }: Readings): Part {
  const workers = instances.filter(({ role }) => role !== 'web');
  const versions = new Set(instances.map((instance) => instance.version));
  const processes = `${count(instances.length, 'process', 'processes')}, ${workers.length} of them with jobs`;
  return {
    name: 'Processes and worker',
    state: workers.length === 0 ? 'bad' : versions.size > 1 ? 'warn' : 'ok',
    sentence: `${workers.length === 0 ? 'No worker runs: jobs, mails and events wait. ' : ''}${processes}; version ${[...versions].join(', ') || version}; this one is up ${duration(uptimeSeconds)}; ${outgoing.relayHeld ? 'one sends events on now' : 'none has events to send on now'}.`,
    runbook: 'README.md#nothing-is-worked-off',
    href: null,
  };
}

function queuePart({ queue }: Readings): Part {
  const about = { name: 'Jobs', runbook: 'README.md#nothing-is-worked-off', href: null };
  if (queue === null) return unread(about);
  const dead = Object.entries(queue.dead);
  const given = dead.map(([task, jobs]) => `${jobs} ${task}`).join(', ');
  return {
    ...about,
    state: dead.length > 0 ? 'bad' : lateness(queue.oldestSeconds, LATE_SECONDS),
    sentence: `${count(queue.due, 'job is', 'jobs are')} due${queue.due > 0 ? `, the first for ${duration(queue.oldestSeconds)}` : ''}; ${dead.length > 0 ? `given up on: ${given}` : 'none was given up on'}.`,
  };
}

function outboxPart({ outbox }: Readings): Part {
  return eventsPart(outbox, {
    name: 'Events',
    runbook: 'events-not-sent.md',
    href: `/admin/events?state=${outbox?.dead ? 'dead' : 'waiting'}`,
  });
}

/** None where this process has no broker and nothing waits for one. */
function brokerParts({ broker, circuits }: Readings): Part[] {
  if (circuits.broker === undefined && !broker?.waiting && !broker?.dead) return [];
  return [
    eventsPart(broker, {
      name: 'Events for the broker',
      runbook: 'events-not-sent.md#the-broker-is-away',
      href: broker?.dead ? '/admin/events?state=dead' : null,
    }),
  ];
}

function eventsPart(backlog: Backlog | null, about: Omit<Part, 'state' | 'sentence'>): Part {
  if (backlog === null) return unread(about);
  const { waiting, oldestSeconds, dead } = backlog;
  return {
    ...about,
    state: dead > 0 ? 'bad' : lateness(oldestSeconds, LATE_SECONDS),
    sentence: `${count(waiting, 'event waits', 'events wait')} to be sent on${waiting > 0 ? `, the oldest for ${duration(oldestSeconds)}` : ''}; ${dead === 0 ? 'none was' : count(dead, 'was', 'were')} given up on.`,
  };
}

function stripeEventsPart({ stripeEvents }: Readings): Part {
  const parked = stripeEvents?.parked ?? 0;
  const about = {
    name: 'Stripe’s events',
    runbook: parked > 0 ? 'parked-money.md' : 'README.md#nothing-is-worked-off',
    href: `/admin/webhooks?state=${parked > 0 ? 'parked' : 'received'}`,
  };
  if (stripeEvents === null) return unread(about);
  const { waiting, oldestSeconds } = stripeEvents;
  return {
    ...about,
    state: parked > 0 ? 'bad' : lateness(oldestSeconds, LATE_SECONDS),
    sentence: `${count(waiting, 'event waits', 'events wait')} to be applied${waiting > 0 ? `, the oldest for ${duration(oldestSeconds)}` : ''}; ${parked === 0 ? 'none is' : count(parked, 'is', 'are')} parked for a person.`,
  };
}

function deliveriesPart({ outgoing }: Readings): Part {
  const { deliveriesPending, deliveriesLate, endpointsFailing, endpointsDisabled } = outgoing;
  return {
    name: 'Webhook endpoints',
    state:
      deliveriesLate > 0 || endpointsDisabled > 0 ? 'bad' : endpointsFailing > 0 ? 'warn' : 'ok',
    sentence: `${count(deliveriesPending, 'delivery waits', 'deliveries wait')}, ${deliveriesLate} of them late; ${count(endpointsFailing, 'endpoint takes', 'endpoints take')} nothing for the moment, ${endpointsDisabled} ${endpointsDisabled === 1 ? 'was' : 'were'} disabled for it.`,
    runbook: 'webhook-endpoint-failing.md',
    href: '/admin/endpoints',
  };
}

function mailsPart({ outgoing: { mailsFailing } }: Readings): Part {
  return {
    name: 'Mails',
    state: mailsFailing > 0 ? 'bad' : 'ok',
    sentence:
      mailsFailing === 0
        ? 'No mail has failed that was not sent later.'
        : `${count(mailsFailing, 'mail', 'mails')} could not be sent and will be tried again.`,
    runbook: 'one-order.md#a-mail-was-not-sent',
    href: null,
  };
}

function reconciliationPart({ run, openWork, now }: Readings): Part {
  const about = {
    name: 'Comparison with Stripe',
    runbook: 'reconciliation-findings.md',
    href: '/admin/tasks',
  };
  const last = openWork?.lastSuccess ?? null;
  if (last === null)
    return {
      ...about,
      state: 'warn',
      sentence: `It was not made to the end yet.${run?.error ? ` The last one failed: ${run.error}` : ''}`,
    };
  const age = (now.getTime() - last.getTime()) / 1000;
  const found = Object.values(openWork?.findings ?? {}).reduce((sum, number) => sum + number, 0);
  return {
    ...about,
    state: found > 0 ? 'bad' : lateness(age, RECONCILED_WITHIN_SECONDS),
    sentence: `Last made to the end ${duration(age)} ago; ${count(found, 'finding waits', 'findings wait')} for a person.${run?.error ? ` The last run failed: ${run.error}` : ''}`,
  };
}

function auditPart({ openWork }: Readings): Part {
  const about = { name: 'Audit', runbook: 'README.md', href: '/admin/tasks' };
  if (openWork === null) return unread(about);
  const broken = Object.entries(openWork.violations);
  if (openWork.lastSuccess === null)
    return { ...about, state: 'warn', sentence: 'It did not run yet; it does with a comparison.' };
  return {
    ...about,
    state: broken.length > 0 ? 'bad' : 'ok',
    sentence:
      broken.length === 0
        ? 'Every invariant held when it last ran, with the comparison.'
        : `Broken: ${broken.map(([check, rows]) => `${check} (${count(rows, 'row', 'rows')})`).join(', ')}.`,
  };
}

function unread(about: Omit<Part, 'state' | 'sentence'>): Part {
  return { ...about, state: 'bad', sentence: 'It could not be read within two seconds.' };
}
