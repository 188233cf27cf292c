import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { parseEnv } from 'node:util';
import { DCLinter } from 'dclint';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readConfig } from '../../deploy/rollout/config.ts';
import { ConfigError, type Environment } from '../../src/config/environment.ts';
import { VARIABLES } from '../../src/config/variables.ts';
import { loadConfig } from '../../src/config.ts';
import { FINISH_WITHIN_MS, PRODUCTION_GRACE_MS } from '../../src/process-limits.ts';
import { type Compose, interpolate, readCompose, resolveCompose, root } from './compose.ts';

const example = parseEnv(readFileSync(join(root, '.env.example'), 'utf8'));
const used = new Set<string>();
const stack = resolveCompose({}, used);
const services = Object.entries(stack.services);
/** A machine with a secrets manager has an override file that names its variables. */
const OF_MANAGERS = VARIABLES.filter((name) => /^(VAULT|SECRETS)_/.test(name));

const readByTheShop = new Set<string>(VARIABLES);

interface LintResult {
  readonly messages: readonly { readonly rule: string; readonly message: string }[];
}

/** Schema of the Compose specification, and dclint's rules but those of the order of lines. */
function faultsOf(path: string): string[] {
  const linter = new DCLinter({
    rules: {
      'service-keys-order': 0,
      'services-alphabetical-order': 0,
      'service-ports-alphabetical-order': 0,
      'service-dependencies-alphabetical-order': 0,
      'require-project-name-field': 0,
      'top-level-properties-order': 0,
      'no-quotes-in-volumes': 0,
      'require-quotes-in-ports': [2, { quoteType: 'double' }],
      // It does not see an address in a variable; below, each port is looked at.
      'no-unbound-port-interfaces': 0,
    },
    quiet: true,
    debug: false,
    exclude: [],
  });
  const results: LintResult[] = linter.lintFiles([path], false);
  return results.flatMap(({ messages }) =>
    messages.map(({ rule, message }) => `${rule}: ${message}`),
  );
}

/** The environment of the app in compose, as the shop reads it. */
function appEnvironment({ services: { app } }: Compose): Environment {
  return Object.fromEntries(
    Object.entries(app?.environment ?? {}).map(([name, value]) => [name, String(value)]),
  );
}

const portsOf = (compose: Compose) =>
  Object.entries(compose.services).flatMap(([name, { ports = [] }]) =>
    ports.map((port) => `${name} ${port}`),
  );

describe('the compose files', () => {
  it.each([
    'docker-compose.yml',
    'docker-compose.host.yml',
    'docker-compose.blue-green.yml',
    'docker-compose.archive.yml',
  ])('%s is one by the specification', (file) => {
    expect(faultsOf(join(root, file))).toEqual([]);
  });

  it('would be refused with a misspelt word in them', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mainstay-compose-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const text = await readFile(join(root, 'docker-compose.yml'), 'utf8');
    const path = join(folder, 'docker-compose.yml');
    await writeFile(path, text.replace('start_period', 'starting_period'));
    expect(faultsOf(path)).not.toEqual([]);
  });

  it('bring up five services, and the others by profile', () => {
    const byProfile = Object.groupBy(services, ([, { profiles = ['none'] }]) => profiles.join());
    expect(
      Object.fromEntries(
        Object.entries(byProfile).map(([profile, list]) => [profile, list?.map(([name]) => name)]),
      ),
    ).toEqual({
      none: ['app', 'postgres', 'prometheus', 'grafana', 'jaeger'],
      green: ['app-green'],
      redis: ['redis'],
      broker: ['broker'],
      kafka: ['kafka'],
      proxy: ['proxy'],
      alerts: ['alertmanager'],
      exporters: ['node-exporter', 'blackbox-exporter'],
    });
  });

  it('start the app after a healthy PostgreSQL, the proxy after a healthy app, and the rest on their own', () => {
    const order = services.flatMap(([name, { depends_on = {} }]) =>
      Object.entries(depends_on).map(([on, { condition }]) => `${name} after ${on} ${condition}`),
    );
    expect(order).toEqual([
      'app after postgres service_healthy',
      'app-green after postgres service_healthy',
      'proxy after app service_healthy',
    ]);
  });

  it('listen on this machine alone, on the ports that everybody knows', () => {
    expect(portsOf(stack)).toEqual([
      'app 127.0.0.1:5004:5004',
      'app 127.0.0.1:5005:5005',
      'app-green 127.0.0.1:5006:5004',
      'postgres 127.0.0.1:5432:5432',
      'prometheus 127.0.0.1:9090:9090',
      'grafana 127.0.0.1:3000:3000',
      'jaeger 127.0.0.1:16686:16686',
      'jaeger 127.0.0.1:4318:4318',
      'redis 127.0.0.1:6379:6379',
      'broker 127.0.0.1:4222:4222',
      'kafka 127.0.0.1:9092:9092',
      'proxy 127.0.0.1:8080:8080',
      'proxy 127.0.0.1:8443:8443',
      'alertmanager 127.0.0.1:9093:9093',
    ]);
  });

  it('take each port on the host from a variable', () => {
    for (const port of portsOf(readCompose()))
      expect(port).toMatch(
        /^\S+ \$\{BIND_ADDRESS:-127\.0\.0\.1\}:\$\{[A-Z_]+:-\d+\}:(\d+|\$\{.+\})$/,
      );
  });

  it('mount nothing that is not there, and declare the volumes that they use', () => {
    const sources = services.flatMap(([, { volumes = [] }]) =>
      volumes.map((volume) => volume.split(':')[0] ?? ''),
    );
    const named = sources.filter((source) => !/^[./]/.test(source));
    expect(new Set(named)).toEqual(new Set(Object.keys(stack.volumes ?? {})));
    for (const source of sources.filter((path) => path.startsWith('.')))
      expect([source, existsSync(join(root, source))]).toEqual([source, true]);
  });

  it('let Prometheus find a shop on the host under the name that it scrapes', () => {
    const { services: changed } = readCompose('docker-compose.host.yml');
    expect(changed).toEqual({ prometheus: { extra_hosts: ['app:host-gateway'] } });
  });
});

describe('two places for releases', () => {
  const { instances, addresses, proxy } = readConfig(join(root, 'deploy/rollout/compose.json'));
  const { services: changed } = readCompose('docker-compose.blue-green.yml');

  it('differ by port and image alone', () => {
    const { ports: _to, ...app } = stack.services.app ?? {};
    const { ports: _of, profiles: _on, ...other } = stack.services['app-green'] ?? {};
    expect(other).toEqual(app);
    expect([changed.app, changed['app-green']]).toEqual(
      ['BLUE', 'GREEN'].map((place) => ({ image: `\${${place}_IMAGE:-mainstay}` })),
    );
  });

  it('are where the rollout asks for them', () => {
    if (instances.kind !== 'compose') throw new Error('another adapter');
    for (const colour of ['blue', 'green'] as const) {
      const service = instances.services[colour];
      expect(addresses[colour].upstream).toBe(`${service}:5004`);
      expect(portsOf(stack)).toContain(`${service} ${new URL(addresses[colour].url).host}:5004`);
    }
  });

  it('are told to a proxy that reads the folder in which the rollout writes, and outlives each of them', () => {
    const folder = relative(root, dirname(proxy.file));
    expect(changed.proxy).toEqual({
      volumes: [`./${folder}:/etc/nginx/release.d:ro`],
      depends_on: { app: { condition: 'service_healthy', restart: false } },
    });
    expect(stack.services.proxy?.volumes).toContain(
      './deploy/nginx/release.d:/etc/nginx/release.d:ro',
    );
  });
});

describe.each(services)('the service %s', (name, service) => {
  it('runs a version that is named', () => {
    if (name.startsWith('app')) expect(service).toMatchObject({ build: '.' });
    else expect(service.image).toMatch(/^[\w./-]+:v?\d+\.\d+(\.\d+)?(-[a-z-]+)?$/);
  });

  it('runs without root, without rights to gain, on a file system that it cannot write to', () => {
    expect(service).toMatchObject({
      user: expect.stringMatching(/^[1-9]\d*:\d+$/),
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
  });

  it('is checked, bounded, and comes back', () => {
    expect(service).toMatchObject({
      restart: 'unless-stopped',
      logging: { options: { 'max-size': expect.any(String), 'max-file': expect.any(String) } },
      stop_grace_period: expect.stringMatching(/^\d+s$/),
      healthcheck: {
        test: expect.arrayContaining(['CMD']),
        interval: '10s',
        timeout: '5s',
        ...(name === 'postgres' ? { interval: '5s' } : {}),
        start_period: expect.any(String),
      },
      deploy: {
        resources: {
          limits: {
            cpus: expect.any(String),
            memory: expect.any(String),
            pids: expect.any(Number),
          },
        },
      },
    });
  });
});

describe('the app in compose', () => {
  it('is a shop in development on the PostgreSQL beside it, with the payment page published', () => {
    expect(loadConfig(appEnvironment(stack))).toMatchObject({
      environment: 'development',
      host: '0.0.0.0',
      port: 5004,
      publicUrl: 'http://localhost:5004',
      dataDir: '/data',
      database: { url: 'postgres://mainstay:mainstay@postgres:5432/mainstay' },
      stripe: { secretKey: null, standInPort: 5005 },
      smtpUrl: null,
      demoCatalogue: true,
      tracing: { endpoint: 'http://jaeger:4318', ratio: 1 },
    });
  });

  it('is given what the shop reads and nothing else', () => {
    // Another command's, what would take the metrics from where prometheus.yml scrapes them, and the way around a pooler
    // that is not there.
    const kept = [
      ...['STRIPE_STANDIN_WEBHOOK_URL', 'METRICS_PORT', 'METRICS_TOKEN', 'DATABASE_DIRECT_URL'],
      ...OF_MANAGERS,
    ];
    const given = [...Object.keys(appEnvironment(stack)), ...kept];
    expect(given.toSorted()).toEqual([...readByTheShop].toSorted());
  });

  it('moves to other ports with what names them', () => {
    const moved = resolveCompose({
      PORT: '80',
      STRIPE_STANDIN_PORT: '81',
      BIND_ADDRESS: '0.0.0.0',
    });
    expect(portsOf(moved).slice(0, 2)).toEqual(['app 0.0.0.0:80:5004', 'app 0.0.0.0:81:81']);
    expect(loadConfig(appEnvironment(moved))).toMatchObject({
      port: 5004,
      publicUrl: 'http://localhost:80',
      stripe: { standInPort: 81 },
    });
  });

  it('becomes production by .env, and asks there for what is missing', () => {
    const production = { NODE_ENV: 'production' };
    expect(() => loadConfig(appEnvironment(resolveCompose(production)))).toThrow(ConfigError);
    const complete = resolveCompose({
      ...production,
      PUBLIC_URL: 'https://shop.example',
      JWT_SECRET: 'x'.repeat(32),
      STRIPE_SECRET_KEY: 'sk_live_123',
      STRIPE_WEBHOOK_SECRET: 'whsec_123',
      SMTP_URL: 'smtps://mail.example',
    });
    expect(loadConfig(appEnvironment(complete))).toMatchObject({
      environment: 'production',
      demoCatalogue: false,
    });
  });

  it('has more time to stop than it takes', () => {
    const takes = (PRODUCTION_GRACE_MS + FINISH_WITHIN_MS) / 1000;
    expect(Number.parseInt(stack.services.app?.stop_grace_period ?? '', 10)).toBeGreaterThan(takes);
  });
});

describe('.env.example', () => {
  it('changes nothing: it says what holds without it', () => {
    expect(resolveCompose(example)).toEqual(stack);
  });

  it('names every variable of compose, and none that neither compose nor the shop reads', () => {
    const known = new Set([...used, ...readByTheShop]);
    expect(Object.keys(example).toSorted()).toEqual([...known].toSorted());
  });

  it('explains every variable', async () => {
    const lines = (await readFile(join(root, '.env.example'), 'utf8')).split('\n');
    const unexplained = lines.filter((line, at) => {
      const before = lines[at - 1] ?? '';
      return /^[A-Z_]+=/.test(line) && (before === '' || before.startsWith('# ---'));
    });
    expect(unexplained).toEqual([]);
  });

  it('names what the documentation lists', async () => {
    const page = await readFile(join(root, 'docs/deployment.md'), 'utf8');
    for (const name of Object.keys(example)) expect(page).toContain(`\`${name}\``);
  });
});

describe('a variable in a compose file, here with @ for the dollar', () => {
  const written = (text: string) => text.replaceAll('@', '$');

  it.each([
    ['@{A}', 'a'],
    ['x@{B:-y}z', 'xyz'],
    ['@{A:-y}', 'a'],
    ['@{EMPTY:-y}', 'y'],
    ['@{B:-http://localhost:@{C:-5004}}', 'http://localhost:5004'],
    ['@{B:-@{A}}', 'a'],
    ['@@A', '$A'],
  ])('%s is %s', (text, value) => {
    expect(interpolate(written(text), { A: 'a', EMPTY: '' })).toBe(value);
  });

  it.each(['@A', '@{A', '@{A?no}', '@{A-b}'])('%s is not used here', (text) => {
    expect(() => interpolate(written(text), {})).toThrow('not understood');
  });
});
