import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import {
  chargesOf,
  mugs,
  paidSession,
  type Running,
  sdkFor,
  start,
  temporaryFolder,
} from './support.ts';

// Starting processes takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

interface Process extends Running {
  readonly child: ChildProcess;
}

async function run(dataDir: string): Promise<Process> {
  const child = spawn(process.execPath, ['src/dev/stripe/main.ts'], {
    env: {
      PATH: process.env.PATH,
      STRIPE_STANDIN_PORT: '0',
      STRIPE_STANDIN_WEBHOOK_URL: 'http://127.0.0.1:9/webhooks',
      DATA_DIR: dataDir,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const url = await new Promise<string>((resolve, reject) => {
    let text = '';
    const read = (chunk: Buffer) => {
      text += chunk.toString('utf8');
      const address = /Stripe stand-in: (\S+)/.exec(text);
      if (address?.[1]) resolve(address[1]);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', () => reject(new Error(text)));
  });
  return { child, dataDir, standIn: { url, close: async () => {} }, stripe: sdkFor(url) };
}

test('a stand-in killed by kill -9 forgets no charge, session, refund or idempotency key', async () => {
  const dataDir = await temporaryFolder();
  const first = await run(dataDir);
  const paid = await paidSession(first);
  const session = await first.stripe.checkout.sessions.create(mugs(), {
    idempotencyKey: 'order-1',
  });
  const refund = await first.stripe.refunds.create({ charge: paid.charge, amount: 700 });
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');

  const second = await run(dataDir);
  expect((await chargesOf(second)).map(({ id }) => id)).toEqual([paid.charge]);
  expect(await second.stripe.charges.retrieve(paid.charge)).toMatchObject({ amount_refunded: 700 });
  expect(await second.stripe.refunds.retrieve(refund.id)).toMatchObject({ amount: 700 });
  const replayed = await second.stripe.checkout.sessions.create(mugs(), {
    idempotencyKey: 'order-1',
  });
  expect(replayed.id).toBe(session.id);
  expect(replayed.lastResponse.headers['idempotent-replayed']).toBe('true');
});

test('it stops cleanly on SIGTERM', async () => {
  const { child } = await run(await temporaryFolder());
  child.kill('SIGTERM');
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
});

test('a second stand-in on the same folder is refused, and welcome once the first has stopped', async () => {
  const first = await start();
  const { dataDir } = first;
  await expect(start({ dataDir })).rejects.toThrow(/Another Stripe stand-in is using/);
  await expect(run(dataDir)).rejects.toThrow(/Another Stripe stand-in is using/);
  await first.standIn.close();
  await start({ dataDir });
});

test('a torn last line is left out; damage before it is refused', async () => {
  const first = await start();
  const paid = await paidSession(first);
  await first.standIn.close();
  const journal = join(first.dataDir, 'stripe', 'journal.jsonl');
  const whole = await readFile(journal, 'utf8');

  await appendFile(journal, '[["charges","ch_torn",{"id":"ch_to');
  const second = await start({ dataDir: first.dataDir });
  expect((await chargesOf(second)).map(({ id }) => id)).toEqual([paid.charge]);
  await second.standIn.close();

  await writeFile(journal, `[["charges","ch_t\n${whole}`);
  await expect(start({ dataDir: first.dataDir })).rejects.toThrow(/damaged at line 1/);
});

test('the journal is compacted at start and then still says the same', async () => {
  const first = await start();
  const paid = await paidSession(first);
  for (let index = 0; index < 5; index += 1) {
    await first.stripe.refunds.create({ charge: paid.charge, amount: 100 });
  }
  const before = await first.stripe.charges.retrieve(paid.charge);
  await first.standIn.close();
  const journal = join(first.dataDir, 'stripe', 'journal.jsonl');
  const grown = (await readFile(journal, 'utf8')).length;
  const second = await start({ dataDir: first.dataDir });
  expect((await readFile(journal, 'utf8')).length).toBeLessThan(grown);
  expect(await second.stripe.charges.retrieve(paid.charge)).toEqual(before);
});
