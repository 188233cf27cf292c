import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
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
});
