import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { startShop } from '../support/shop.ts';
import { until } from '../support/until.ts';

it('a shop that stops answers what is under way and then waits for no idle connection', async () => {
  const shop = await startShop();
  const answers: Promise<{ token: string }>[] = [];
  const stopped = await shop.db.transaction().execute(async (tx) => {
    // Registrations wait for this lock, so they are surely under way when the shop is told to stop.
    await sql`LOCK TABLE users IN EXCLUSIVE MODE`.execute(tx);
    answers.push(...Array.from({ length: 5 }, () => shop.customer()));
    await until(async () => {
      const metrics = await (await fetch(`${shop.url}/metrics`)).text();
      return Number(/^http_in_flight_requests (\d+)$/m.exec(metrics)?.[1]) > answers.length;
    });
    return { began: Date.now(), done: shop.stopServing() };
  });
  for (const { token } of await Promise.all(answers)) expect(token).not.toBe('undefined');
  await stopped.done;
  // Kept-alive connections live for 72 s.
  expect(Date.now() - stopped.began).toBeLessThan(20_000);
  await shop.stop();
}, 90_000);
