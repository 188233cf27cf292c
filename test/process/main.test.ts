import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../src/dev/free-port.ts';
import { createApi } from '../support/api.ts';
import { logLines, makeDataDir, runEntry, startMain } from '../support/process.ts';
import { until } from '../support/until.ts';

const ADMIN = { email: 'admin@example.test', password: 'administrator' };
const env = {
  ADMIN_EMAIL: ADMIN.email,
  ADMIN_PASSWORD: ADMIN.password,
  DEMO_CATALOGUE: 'off',
  RATE_LIMIT: 'off',
};

type Running = Awaited<ReturnType<typeof startMain>>;

/** One data folder through the life of a shop: each test goes on where the one before left it. */
describe('the process', () => {
  let dataDir: Awaited<ReturnType<typeof makeDataDir>>;
  let shop: Running;
  let product: { id: string; slug: string; variantId: string };
  let orderId: string;

  const clientOf = ({ url, standInUrl }: Running) => createApi(url, standInUrl, ADMIN);

  beforeAll(async () => {
    dataDir = await makeDataDir();
    shop = await startMain(dataDir.path, env);
  });
  afterAll(async () => {
    shop.child.kill('SIGKILL');
    await shop.ended;
    await dataDir.remove();
  });

  it('says once where to click, and is ready', async () => {
    expect(shop.output.out).toContain('Mainstay is open.');
    expect(shop.output.out).toContain(`${new URL(shop.url).port}/admin`);
    expect(await fetch(`${shop.url}/health/live`).then(({ status }) => status)).toBe(200);
  });

  it('takes an order from registration to payment', async () => {
    const client = clientOf(shop);
    product = await client.product({ stock: 5, price: 1999 });
    const { token } = await client.customer();
    const { body } = await client.order(token, product.variantId, 2);
    orderId = body.id;
    await client.pay(token, orderId);
  });

  it('logs a line for each request with its correlation id, and nothing secret', async () => {
    await fetch(`${shop.url}/api/products?limit=1`, {
      headers: { 'x-correlation-id': 'find-me', authorization: 'Bearer not-to-be-logged' },
    });
    const lines = () =>
      logLines(shop.output).filter(({ correlationId }) => correlationId === 'find-me');
    await until(() => lines().length > 0);
    expect(lines()).toEqual([
      {
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        level: 'info',
        method: 'GET',
        path: '/api/products',
        route: '/api/products',
        status: 401,
        duration: expect.any(Number),
        correlationId: 'find-me',
        code: 'unauthenticated',
        message: 'request',
      },
    ]);
    expect(shop.output.out).not.toContain('not-to-be-logged');
    expect(shop.output.out).not.toContain('correct horse battery');
  });

  it('can be audited while it runs', async () => {
    const { code, out } = await runEntry('audit.ts', [], { DATA_DIR: dataDir.path });
    expect(out).toContain('Clean:');
    expect(code).toBe(0);
  });

  it('keeps a second shop off its data folder with a clear message', async () => {
    const second = await runEntry('main.ts', [], {
      ...env,
      DATA_DIR: dataDir.path,
      PORT: String(await freePort()),
      STRIPE_STANDIN_PORT: '0',
    });
    expect(second.code).toBe(1);
    expect(second.err).toMatch(
      /^Another Mainstay is running on .* \(process \d+\)\. Stop it first/,
    );
  });

  it('finishes the request under way after SIGTERM, then ends with 0', async () => {
    const body = JSON.stringify({ email: ADMIN.email, password: ADMIN.password });
    const slow = request(`${shop.url}/api/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': body.length },
    });
    const answered = once(slow, 'response');
    slow.write(body.slice(0, 10));
    await until(async () => {
      const metrics = await fetch(`${shop.url}/metrics`).then((response) => response.text());
      return /^http_in_flight_requests 2$/m.test(metrics);
    });

    shop.child.kill('SIGTERM');
    await until(() => logLines(shop.output).some(({ message }) => message === 'stopping'));
    await until(async () => (await readiness(shop.url)) !== 200);
    slow.end(body.slice(10));
    const [response] = await answered;
    expect(response.statusCode).toBe(200);
    response.resume();
    expect(await shop.ended).toBe(0);
    expect(logLines(shop.output).at(-1)).toMatchObject({ message: 'stopped' });
  });

  it('keeps everything over a restart', async () => {
    shop = await startMain(dataDir.path, env);
    await expectSold(clientOf(shop));
  });

  it('starts again after kill -9 with everything kept and its books in order', async () => {
    const client = clientOf(shop);
    const { token } = await client.customer();
    const traffic = Promise.allSettled(
      Array.from({ length: 10 }, () => client.order(token, product.variantId)),
    );
    shop.child.kill('SIGKILL');
    await shop.ended;
    await traffic;

    shop = await startMain(dataDir.path, env);
    await expectSold(clientOf(shop));
    const { code, out } = await runEntry('audit.ts', [], { DATA_DIR: dataDir.path });
    expect(out).toContain('Clean:');
    expect(code).toBe(0);
  });

  async function expectSold({ api, adminToken }: ReturnType<typeof clientOf>): Promise<void> {
    const { body } = await api('GET', `/api/orders/${orderId}`, { token: await adminToken() });
    expect(body).toMatchObject({ id: orderId, status: 'paid', total: { amount: 3998 } });
  }
});

/** The status of readiness; 0 when nothing listens any more. */
async function readiness(url: string): Promise<number> {
  return fetch(`${url}/health/ready`).then(
    ({ status }) => status,
    () => 0,
  );
}
