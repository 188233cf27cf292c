import { auditShop, hasFindings } from '../../src/modules/audit/audit.service.ts';
import { type Document, type NamedOperation, operationsOf } from '../support/contract/document.ts';
import { startShop } from '../support/shop.ts';
import { signedEvent } from '../support/stripe-events.ts';
import { watchChanges } from './changes.ts';
import { createChecks, type Finding } from './checks.ts';
import { createClient, type WireAnswer, type WireRequest } from './client.ts';
import { createKnowledge } from './knowledge.ts';
import { plant } from './plant.ts';
import { createPasses, isMarked, principals } from './principals.ts';
import type { Segment, Shot } from './shots.ts';

/** What came of a request. */
export interface Outcome {
  readonly request: WireRequest;
  readonly answer: WireAnswer;
  readonly findings: readonly Finding[];
}

export type World = Awaited<ReturnType<typeof startWorld>>;

/** A shop to be shot at, without a worker, so that nothing moves by itself, and everybody who shoots. */
export async function startWorld() {
  const shop = await startShop({ RATE_LIMIT: 'off' }, { role: 'web' });
  const document: Document = (await shop.api('GET', '/api-docs/json')).body;
  const operations = operationsOf(document);
  const byName = new Map(operations.map((operation) => [operation.name, operation]));
  const passes = createPasses(shop);
  const knowledge = createKnowledge(isMarked);
  const client = createClient(shop.url);
  const checks = createChecks(document);
  const changesSince = await watchChanges(shop.db);

  /** Sends a request and judges what comes of it. */
  async function fire(shot: Shot): Promise<Outcome> {
    const operation = byName.get(shot.operation);
    const principal = principals.find(({ name }) => name === shot.who);
    if (!operation || !principal) throw new Error(`nobody knows ${shot.operation} or ${shot.who}`);
    const authorization = await passes.headerOf(shot.who);
    const request = wired(operation, shot, authorization);
    await changesSince();
    const answer = await client.send(request);
    const changes = await changesSince();
    const findings = checks({ operation, principal, request, answer, changes });
    if (answer.status >= 200 && answer.status < 300) learn(operation, answer, shot.who);
    if (request.method === 'DELETE' && answer.status === 204)
      for (const part of request.url.split('/')) knowledge.forget(part);
    // Signed out by somebody, or confirmed too long ago.
    if (/"code":"(unauthenticated|step_up_required)"/.test(answer.text)) passes.forget(shot.who);
    const about = findings.filter(({ check }) => check === 'access' || check === 'privacy');
    const excused = about.length > 0 && (await isOtherNow(shot.who));
    return { request, answer, findings: excused ? [] : findings };
  }

  function wired(
    { method, path }: NamedOperation,
    shot: Shot,
    authorization?: string,
  ): WireRequest {
    const filled = path.replaceAll(/\{(\w+)\}/g, (_, name) => bytesOf(shot.path[name], shot.who));
    const query = shot.query.map(([name, value]) => {
      const found = knowledge.resolve(value, shot.who);
      const text = typeof found === 'string' ? found : JSON.stringify(found);
      return `${encodeURIComponent(name)}=${encodeURIComponent(text)}`;
    });
    const { text, headers } = bodyOf(shot);
    const sent = Object.entries({ ...headers, ...shot.headers, authorization }).flatMap(
      ([name, value]) =>
        typeof value === 'string' && /^[\t\x20-\x7e\x80-\xff]*$/.test(value) ? [[name, value]] : [],
    );
    return {
      method,
      url: query.length === 0 ? filled : `${filled}?${query.join('&')}`,
      headers: Object.fromEntries(sent),
      body: text,
    };
  }

  function bytesOf(segment: Segment | undefined, who: string): string {
    if (segment === undefined) return '-';
    if ('raw' in segment) return segment.raw;
    return encodeURIComponent(String(knowledge.resolve(segment.text, who)));
  }

  function bodyOf({ body, who }: Shot): { text: string | undefined; headers: object } {
    if (body === null) return { text: undefined, headers: {} };
    const type = 'application/json';
    if ('json' in body)
      return {
        text: JSON.stringify(knowledge.resolve(body.json, who)),
        headers: { 'content-type': type },
      };
    if ('signed' in body) {
      const signed = signedEvent(knowledge.resolve(body.signed, who) as object);
      return { text: signed.body, headers: { 'content-type': type, ...signed.headers } };
    }
    const typed = body.type === null ? {} : { 'content-type': body.type };
    return { text: body.raw, headers: { ...typed, ...body.headers } };
  }

  /** Has somebody know what there is to buy, and what is theirs. */
  async function introduce(who: string): Promise<void> {
    for (const name of ['GET /api/products', 'GET /api/orders', 'GET /api/payments'])
      await fire({
        ...{ operation: name, who, manner: 'valid', path: {}, headers: {}, body: null },
        query: name.endsWith('products') ? [['inStock', 'true']] : [],
      });
  }

  function learn({ path }: NamedOperation, { headers, text }: WireAnswer, who: string): void {
    if (text === '' || !/^application\/json(;|$)/.test(String(headers['content-type']))) return;
    const thing = path.split('/').findLast((part) => part !== '' && !part.startsWith('{'));
    knowledge.learnFrom(JSON.parse(text), thing ?? '', who);
  }

  /** Whether somebody has other rights by now than they began with, as the staff may give and take them. */
  async function isOtherNow(who: string): Promise<boolean> {
    const userId = passes.userIdOf(who);
    if (userId === undefined) return false;
    const now = await shop.db
      .selectFrom('users')
      .leftJoin('staff_roles', 'staff_roles.id', 'users.staff_role_id')
      .select(['users.role', 'staff_roles.permissions'])
      .where('users.id', '=', userId)
      .executeTakeFirst();
    const { kind, rights } = principals.find(({ name }) => name === who) ?? {
      kind: '',
      rights: [],
    };
    const began = kind === 'customer' ? 'customer' : kind === 'staff' ? 'staff' : 'admin';
    const same =
      now?.role === began && `${now.permissions ?? ''}` === `${kind === 'staff' ? rights : ''}`;
    if (!same) passes.forget(who);
    return !same;
  }

  return {
    operations,
    fire,
    /** Everybody signs up anew, and there are new things to ask for. */
    async beginAnew(): Promise<void> {
      passes.forgetAll();
      await plant(shop);
      for (const who of ['ada', 'eve', 'support', 'owner']) await introduce(who);
    },
    /** The invariants that are broken, in words: of the shop, and of the process that serves it. */
    async audit(): Promise<Finding[]> {
      const results = await auditShop(shop.db);
      const polluted = Reflect.ownKeys(Object.prototype).filter((key) => !inherited.has(key));
      return [
        ...polluted.map((key) => ({
          ...{ check: 'audit', operation: 'prototype', detail: `every object has ${String(key)}` },
        })),
        ...broken(results),
      ];
    },
    async stop() {
      client.close();
      await shop.stop();
    },
  };
}

/** What every object has of itself. */
const inherited = new Set(Reflect.ownKeys(Object.prototype));

function broken(results: Awaited<ReturnType<typeof auditShop>>): Finding[] {
  return results
    .filter((result) => hasFindings([result]))
    .map(({ name, claim, offenders }) => ({
      check: 'audit',
      operation: name,
      detail: `${claim}: ${JSON.stringify(offenders.slice(0, 3))}`,
    }));
}
