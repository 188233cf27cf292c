import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../../src/http/app-type.ts';
import { hotAnswers } from '../../src/http/cache/hot-answers.ts';
import { correlate, correlationIdOf } from '../../src/http/correlation.ts';
import { answerErrors } from '../../src/http/errors.ts';
import {
  frameworkOptions,
  httpOptions,
  limitServer,
  SERVER_LIMITS,
} from '../../src/http/server-limits.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { until } from '../support/until.ts';
import { sendRaw } from './raw.ts';

describe('slow clients', () => {
  let app: App;
  let url: string;
  const metrics = createMetrics();
  /** The shop's limits, with less patience, so that the test needs less. */
  const limits = {
    ...SERVER_LIMITS,
    ...{ headersMs: 300, requestMs: 900, checkEveryMs: 50, connections: 20 },
  };
  beforeAll(async () => {
    app = fastify({
      genReqId: correlationIdOf,
      serverFactory: hotAnswers(httpOptions(limits)).serverFactory,
      ...frameworkOptions(limits, metrics),
    });
    correlate(app);
    answerErrors(app, {
      logger: pino({ level: 'silent' }),
      errorPage: (_request, { title }) => title,
    });
    limitServer(app, limits, metrics);
    app.post('/taken', async () => ({ taken: true }));
    await app.listen({ port: 0, host: '127.0.0.1' });
    url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  });
  afterAll(() => app.close());

  it('who never end their headers are answered 408 and cut off', async () => {
    const drops = ['POST /taken HTTP/1.1\r\nHost: shop\r\n', ...Array(1000).fill('X-A: b\r\n')];
    const heard = await sendRaw(url, drops, { everyMs: 20, patienceMs: 20_000 });
    expect([heard.closed, heard.statuses]).toEqual([true, [408]]);
    expect(heard.problem?.code).toBe('request_timeout');
  });

  it('who never end their body are answered 408 and cut off', async () => {
    const head =
      'POST /taken HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{';
    const heard = await sendRaw(url, [head, ...Array(1000).fill(' ')], {
      everyMs: 20,
      patienceMs: 20_000,
    });
    expect([heard.closed, heard.statuses]).toEqual([true, [408]]);
  });

  it('keep nobody else waiting, and beyond the number of connections are not taken', async () => {
    const slow = Array.from({ length: 40 }, () =>
      sendRaw(url, ['POST /taken HTTP/1.1\r\n', ...Array(1000).fill('X-A: b\r\n')], {
        everyMs: 20,
        patienceMs: 20_000,
      }),
    );
    await until(async () => (await text()).includes('reason="too_many"'));
    const heard = await Promise.all(slow);
    expect(heard.every(({ closed }) => closed)).toBe(true);
    const body = '{"a":1}';
    const answer = await fetch(`${url}/taken`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(await answer.json()).toEqual({ taken: true });
    expect(await text()).toMatch(/refused_total\{reason="too_slow"\} [1-9]/);
  });

  it('of the shop itself are given ten seconds for headers, and thirty for all', () => {
    expect([SERVER_LIMITS.headersMs, SERVER_LIMITS.requestMs]).toEqual([10_000, 30_000]);
  });

  const text = () => metrics.registry.metrics();
});
