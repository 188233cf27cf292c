import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { inTransaction } from '../../src/database/database.ts';
import { event, recordEvents } from '../../src/events/outbox.ts';
import { createRelay } from '../../src/events/relay.ts';
import { newId } from '../../src/shared/ids.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { describeWithKafka } from '../support/kafka/describe.ts';
import { startKafka, TOPICS } from '../support/kafka/peer.ts';
import { isSentToForAWhile, keepsItsPromises } from './broker-promises.ts';
import { brokerRelay, expectWhole, forgetBroker, open, sendings } from './broker-support.ts';
import { sellsWithoutIt } from './shop-outlives-broker.ts';
import { inProcessDeps, record, upTo } from './support.ts';

const PRODUCE = 0;
const TROUBLES: [string, number][] = [
  ['NOT_LEADER_OR_FOLLOWER', 6],
  ['REQUEST_TIMED_OUT', 7],

  ['OUT_OF_ORDER_SEQUENCE_NUMBER', 45],
];

describeWithKafka('events through the Kafka protocol', () => {
  keepsItsPromises(() => startKafka({ oneLeader: true }));
  isSentToForAWhile(() => startKafka());
});

describeWithKafka('a shop that publishes by the Kafka protocol', () => {
  sellsWithoutIt(() => startKafka());
});

describeWithKafka('brokers that disagree among themselves', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase();
  });
  beforeEach(() => forgetBroker(database.db));
  afterAll(() => database.drop());

  /** Publishes what is recorded while something goes on, and holds what arrived against the outbox. */
  async function publishDuring(
    trouble: (peer: Awaited<ReturnType<typeof startKafka>>, round: number) => Promise<void>,
  ) {
    const { db } = database;
    const peer = await startKafka();
    onTestFinished(() => peer.stop());
    const broker = await open(peer.url);
    onTestFinished(() => broker.close());
    const own = createRelay(inProcessDeps(db));
    const sending = createRelay(brokerRelay(db, broker.publish));
    const streams = upTo(6).map(() => newId());
    for (const round of upTo(4)) {
      for (const stream of streams) await record(db, stream, 2);
      await own.round();
      await trouble(peer, round);
      await sending.round().catch(() => {});
    }
    const waits = async () => (await sendings(db)).some((one) => one.published_at === null);
    while (await waits()) await sending.round().catch(() => {});
    for (const one of await sendings(db)) expect(one).toMatchObject({ attempts: 1, dead_at: null });
    await expectWhole(db, await peer.events(6 * 4 * 2));
  }

  it.each(TROUBLES)(
    'say %s, and nothing is lost or reordered, or counted against an event',
    async (_, code) => {
      await publishDuring(async (peer, round) => {
        if (round % 2 === 0) await peer.fail(PRODUCE, code, round);
      });
    },
  );

  it('move leaders from one to the next, and nothing is lost or reordered', async () => {
    await publishDuring(async (peer, round) => {
      for (const partition of [0, 1, 2])
        await peer.tell(`leader ${TOPICS[0]} ${partition} ${((round + partition) % 3) + 1}`);
    });
  });

  it.each([
    ['one of them is away', 'down 3', 'up 3'],
    ['a partition has no leader', `leader ${TOPICS[0]} 2 -1`, `leader ${TOPICS[0]} 2 3`],
  ])('while %s what goes to others is sent once, and the rest after it', async (_, lose, mend) => {
    const { db } = database;
    const peer = await startKafka();
    onTestFinished(() => peer.stop());
    for (const partition of [0, 1, 2])
      await peer.tell(`leader ${TOPICS[0]} ${partition} ${partition + 1}`);
    const broker = await open(peer.url);
    onTestFinished(() => broker.close());
    const own = createRelay(inProcessDeps(db));
    const sending = createRelay(brokerRelay(db, broker.publish));
    await sending.round();
    await peer.tell(lose);
    for (const _round of upTo(2)) {
      for (const stream of upTo(30).map(() => newId())) await record(db, stream, 2);
      await own.round();
      await sending.round();
    }
    const after = await sendings(db);
    const waiting = after.filter(({ published_at }) => published_at === null);
    expect(waiting.length).toBeGreaterThan(0);
    expect(waiting.length).toBeLessThan(100);
    for (const one of waiting) expect(one).toMatchObject({ attempts: 0, dead_at: null });
    // What goes there alone says nothing about the others.
    await sql`UPDATE broker_events SET next_attempt_at = now() WHERE next_attempt_at IS NOT NULL`.execute(
      db,
    );
    expect(await sending.round()).toBe(waiting.length);
    await peer.tell(mend);
    const waits = async () => (await sendings(db)).some((one) => one.published_at === null);
    while (await waits()) await sending.round().catch(() => {});
    const seen = await peer.events(120);
    expect(seen).toHaveLength(120);
    await expectWhole(db, seen);
  });

  it.each([
    [
      'is not this login’s',
      `refuse ${TOPICS[2]} 29`,
      /^mainstay.stock: Topic authorization failed/,
    ],
    ['is missing', `refuse ${TOPICS[2]} 3`, /^mainstay.stock: Unknown topic/],
    [
      'may not be written to',
      `error ${PRODUCE} 29 1`,
      /^mainstay\.\w+: Topic authorization failed/,
    ],
  ])(
    'while a topic %s what goes to others is sent, and the rest after it',
    async (_, lose, reason) => {
      const { db } = database;
      const peer = await startKafka({ oneLeader: true });
      onTestFinished(() => peer.stop());
      const broker = await open(peer.url);
      onTestFinished(() => broker.close());
      const sending = createRelay(brokerRelay(db, broker.publish));
      await sending.round();
      await peer.tell(lose);
      await record(db, newId(), 2);
      const adjusted = event('stock.adjusted', newId(), {
        kind: 'adjustment',
        delta: 1,
        reason: 'counted',
      });
      await inTransaction(db, (tx) => recordEvents(tx, [adjusted]));
      await createRelay(inProcessDeps(db)).round();
      await sending.round();
      const waiting = (await sendings(db)).filter(({ published_at }) => published_at === null);
      expect(waiting.length).toBeLessThan(3);
      expect(waiting[0]).toMatchObject({ attempts: 0, last_error: expect.stringMatching(reason) });
      await peer.tell(`refuse ${TOPICS[2]} 0`);
      const waits = async () => (await sendings(db)).some((one) => one.published_at === null);
      while (await waits()) {
        await sql`UPDATE broker_events SET next_attempt_at = NULL`.execute(db);
        await sending.round().catch(() => {});
      }
      expect(await peer.events(3)).toHaveLength(3);
    },
  );
});
