import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { inTransaction } from '../../src/database/database.ts';
import type { Broker } from '../../src/events/broker.ts';
import { revive } from '../../src/events/event-log.ts';
import { event, recordEvents } from '../../src/events/outbox.ts';
import { createRelay } from '../../src/events/relay.ts';
import { newId } from '../../src/shared/ids.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import {
  brokerRelay,
  expectWhole,
  forgetBroker,
  open,
  type Peer,
  sendings,
} from './broker-support.ts';
import { inProcessDeps, record, sequences, upTo } from './support.ts';

/** What a relay promises of a broker that is there, and far away. */
export function isSentToForAWhile(
  start: () => Promise<Peer & { slow(ms: number): Promise<void> }>,
): void {
  it('what a slow broker has not taken in some seconds waits, so that a stop is not held up', async () => {
    const database = await createDatabase();
    onTestFinished(database.drop);
    const { db } = database;
    const peer = await start();
    const broker = await open(peer.url);
    onTestFinished(async () => {
      await broker.close();
      await peer.stop();
    });
    const sending = createRelay(brokerRelay(db, broker.publish));
    await record(db, newId(), 60);
    await peer.slow(200);
    const began = performance.now();
    await sending.round();
    expect(performance.now() - began).toBeLessThan(9_000);
    const sent = (await sendings(db)).filter(({ published_at }) => published_at !== null).length;
    expect(sent).toBeGreaterThan(5);
    expect(sent).toBeLessThan(60);
    await peer.slow(0);
    await sending.round();
    const seen = await peer.events(60);
    expect(seen).toHaveLength(60);
    await expectWhole(db, seen);
    for (const one of await sendings(db)) expect(one).toMatchObject({ attempts: 1 });
  });
}

/** What a relay promises of whichever broker it publishes to. */
export function keepsItsPromises(start: () => Promise<Peer>): void {
  let database: TestDatabase;
  let peer: Peer;
  let broker: Broker;
  beforeAll(async () => {
    database = await createDatabase();
  });
  beforeEach(async () => {
    await forgetBroker(database.db);
    peer = await start();
    broker = await open(peer.url);
    onTestFinished(async () => {
      await broker.close();
      await peer.stop();
    });
  });
  afterAll(() => database.drop());

  const relay = () => createRelay(brokerRelay(database.db, broker.publish));
  /** Hands events to the shop's own consumers, of which there are none here. */
  const handToOwn = async () => {
    const own = createRelay(inProcessDeps(database.db));
    await own.round();
    await own.release();
  };

  it('every event arrives as the CloudEvent that it is, each stream in its order', async () => {
    const { db } = database;
    const streams = upTo(5).map(() => newId());
    for (const stream of streams) await record(db, stream, 4);
    await relay().round();
    const seen = await peer.events(20);
    expect(seen).toHaveLength(20);
    await expectWhole(db, seen);
    expect(seen[0]).toMatchObject({ specversion: '1.0', type: 'order.fulfilled' });
    for (const sent of await sendings(db)) expect(sent.published_at).not.toBeNull();
  });

  it('what happened before there was a broker is sent too, and what happens while it is switched off once it is on again', async () => {
    const { db } = database;
    const stream = newId();
    await record(db, stream, 2);
    await handToOwn();
    const sending = relay();
    await sending.round();
    expect(await peer.events(2)).toHaveLength(2);
    await record(db, stream, 2);
    await handToOwn();
    expect((await sendings(db)).map(({ published_at }) => published_at !== null)).toEqual([
      ...[true, true, false, false],
    ]);
    await sending.round();
    const seen = await peer.events(4);
    expect(sequences(seen).get(stream)).toEqual([1, 2, 3, 4]);
    await expectWhole(db, seen);
  });

  it('while it is away nothing is counted against an event, and all is sent in order once it is back', async () => {
    const { db } = database;
    await record(db);
    const sending = relay();
    await sending.round();
    await peer.leave();
    const streams = upTo(3).map(() => newId());
    for (const _ of upTo(4)) {
      for (const stream of streams) await record(db, stream, 2);
      await handToOwn();
      await expect(sending.round()).rejects.toThrow();
    }
    const waiting = (await sendings(db)).filter(({ published_at }) => published_at === null);
    expect(waiting).toHaveLength(24);
    for (const one of waiting) expect(one).toMatchObject({ attempts: 0, dead_at: null });
    await peer.comeBack();
    await sending.round();
    const seen = await peer.events(25);
    await expectWhole(db, seen);
  });

  it('a relay that is killed between publishing and its note repeats what it sent, and nothing is lost', async () => {
    const { db } = database;
    const stream = newId();
    await record(db, stream, 3);
    const dying = createRelay(
      brokerRelay(db, async (events) => {
        await broker.publish(events);
        throw new Error('killed');
      }),
    );
    await expect(dying.round()).rejects.toThrow('killed');
    await dying.release();
    await record(db, stream);
    await handToOwn();
    await relay().round();
    await expectWhole(db, await peer.events(4));
  });

  it('an event that the broker never takes holds up its own stream, is given up on, and can be sent again', async () => {
    const { db } = database;
    const [bad, good] = [newId(), newId()];
    await inTransaction(db, (tx) =>
      recordEvents(tx, [
        event('payment.failed', newId(), {
          orderId: bad,
          amount: { amount: 1, currency: 'USD' },
          failureCode: 'x'.repeat(2 ** 21),
        }),
      ]),
    );
    await record(db, bad);
    await record(db, good, 2);
    const sending = relay();
    // Beside another one, and then by itself.
    await peer.refuse?.(2);
    await sending.round();
    expect(sequences(await peer.events(2))).toEqual(new Map([[good, [1, 2]]]));
    const [first, second] = await sendings(db);
    expect(first).toMatchObject({ attempts: 1, published_at: null, dead_at: null });
    expect(second).toMatchObject({ attempts: 0, published_at: null });
    for (const _ of upTo(9)) {
      await peer.refuse?.(1);
      await sql`UPDATE broker_events SET next_attempt_at = now() WHERE next_attempt_at IS NOT NULL`.execute(
        db,
      );
      await sending.round();
    }
    expect((await sendings(db))[0]).toMatchObject({ attempts: 10, dead_at: expect.any(Date) });
    await sending.round();
    expect(await peer.events(3)).toHaveLength(3);
    await sql`
      UPDATE outbox_events SET payload = jsonb_set(payload, '{failureCode}', '"declined"')
      WHERE id = ${first?.id ?? ''}`.execute(db);
    await revive(db, first?.id ?? '');
    await sending.round();
    expect(sequences(await peer.events(4)).get(bad)).toEqual([2, 1]);
  });
}
