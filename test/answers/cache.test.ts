import { expect, it } from 'vitest';
import { createAnswerCache, type Loaded } from '../../src/http/cache/answer-cache.ts';

const route = { template: '/api/products', path: '/api/products', routeClass: 'read' } as const;
const showing = (body: string, variantIds: string[] = [], selectedByStock = false): Loaded => ({
  body,
  shown: { variantIds, selectedByStock },
  route,
});
const stock = (...variantIds: string[]) => ({
  catalogue: false,
  flags: false,
  variantIds: new Set(variantIds),
});
const catalogue = { catalogue: true, flags: false, variantIds: new Set<string>() };

/** A load that ends when it is told to. */
function slowLoad() {
  const { promise, resolve } = Promise.withResolvers<Loaded>();
  const asked = { times: 0 };
  const load = () => {
    asked.times += 1;
    return promise;
  };
  return { load, resolve, asked };
}

const body = async (answer: Promise<{ plain: { body: Buffer } }>) =>
  (await answer).plain.body.toString();

it('a thousand who ask at once are one load, and those who ask later none', async () => {
  const cache = createAnswerCache();
  const { load, resolve, asked } = slowLoad();
  const all = Array.from({ length: 1000 }, () => body(cache.getOrLoad('/a', load)));
  resolve(showing('answer'));
  expect(new Set(await Promise.all(all))).toEqual(new Set(['answer']));
  await cache.getOrLoad('/a', load);
  expect(asked.times).toBe(1);
  expect(cache.counts()).toMatchObject({ remembered: 1, joined: 999, loaded: 1 });
});

it('who asks after a change never gets what was read before it, and it is not kept', async () => {
  const cache = createAnswerCache();
  const [before, after] = [slowLoad(), slowLoad()];
  const first = body(cache.getOrLoad('/a', before.load));
  cache.invalidate(stock('v1'));
  const second = body(cache.getOrLoad('/a', after.load));
  after.resolve(showing('new', ['v1']));
  expect(await second).toBe('new');
  // What was read first comes last.
  before.resolve(showing('old', ['v1']));
  expect(await first).toBe('old');
  expect(cache.get('/a')?.plain.body.toString()).toBe('new');
});

it('a load during which something else changed is kept', async () => {
  const cache = createAnswerCache();
  const { load, resolve } = slowLoad();
  const answer = cache.getOrLoad('/a', load);
  cache.invalidate(stock('v2'));
  resolve(showing('answer', ['v1']));
  await answer;
  expect(cache.get('/a')).toBeDefined();
});

it('a change of stock lets go of what shows it or is selected by it, one of the catalogue of all', async () => {
  const cache = createAnswerCache();
  const fill = async () => {
    await cache.getOrLoad('/shows', async () => showing('a', ['v1', 'v2']));
    await cache.getOrLoad('/other', async () => showing('b', ['v3']));
    await cache.getOrLoad('/in-stock', async () => showing('c', ['v3'], true));
  };
  const kept = () => ['/shows', '/other', '/in-stock'].filter((address) => cache.get(address));
  await fill();
  cache.invalidate(stock('v2'));
  expect(kept()).toEqual(['/other']);
  await fill();
  cache.invalidate(catalogue);
  expect(kept()).toEqual([]);
});

it('a load that fails fails whoever waits for it, and the next one is tried anew', async () => {
  const cache = createAnswerCache();
  const failing = () => Promise.reject(new Error('away'));
  const both = [cache.getOrLoad('/a', failing), cache.getOrLoad('/a', failing)];
  for (const one of both) await expect(one).rejects.toThrow('away');
  expect(await body(cache.getOrLoad('/a', async () => showing('back')))).toBe('back');
});

it('memory stays within its bound, and nothing is left of what was let go of', async () => {
  const cache = createAnswerCache({ maxBytes: 100_000 });
  for (let count = 0; count < 500; count += 1)
    await cache.getOrLoad(`/${'long/'.repeat(400)}${count}`, async () => showing('x'));
  // What is short itself is not cheap to keep by a long address.
  expect(cache.get(`/${'long/'.repeat(400)}0`)).toBeUndefined();
  for (let count = 0; count < 500; count += 1)
    await cache.getOrLoad(`/${count}`, async () => showing('x'.repeat(1000), [`v${count}`]));
  expect(cache.counts().bytes).toBeLessThanOrEqual(100_000);
  expect(cache.get('/0')).toBeUndefined();
  expect(cache.get('/499')).toBeDefined();
  cache.invalidate(catalogue);
  expect(cache.counts().bytes).toBe(0);
});

it('what is larger than the whole memory is answered and not kept, and leaves nothing', async () => {
  const cache = createAnswerCache({ maxBytes: 10_000 });
  const load = async () => showing('x'.repeat(20_000), ['v1']);
  expect(await body(cache.getOrLoad('/large', load))).toHaveLength(20_000);
  expect([cache.get('/large'), cache.counts().bytes]).toEqual([undefined, 0]);
});

it('where changes may have been missed nothing of before is trusted', async () => {
  const cache = createAnswerCache();
  const { load, resolve } = slowLoad();
  await cache.getOrLoad('/kept', async () => showing('before'));
  const flying = cache.getOrLoad('/flying', load);
  cache.distrust(1000);
  resolve(showing('before'));
  await flying;
  expect([cache.get('/kept'), cache.get('/flying')]).toEqual([undefined, undefined]);
});
