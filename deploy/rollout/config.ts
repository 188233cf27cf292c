import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { CannotBegin } from './outcome.ts';

const closed = { additionalProperties: false };
const Command = Type.Array(Type.String(), { minItems: 1 });
const Port = Type.Integer({ minimum: 1, maximum: 65535 });
const both = <T extends Parameters<typeof Type.Optional>[0]>(each: T) =>
  Type.Object({ blue: each, green: each }, closed);

const Instance = Type.Object(
  {
    /** Where this program asks it directly. */
    url: Type.String({ pattern: '^https?://' }),
    /** Where its metrics are; left out: on the same port. */
    metrics: Type.Optional(Type.String({ pattern: '^https?://' })),
    /** Host and port by which the proxy reaches it. */
    upstream: Type.String({ pattern: '^[\\w.-]+:\\d+$' }),
  },
  closed,
);

const ProxyEntry = Type.Object(
  {
    kind: Type.Union([Type.Literal('nginx'), Type.Literal('caddy')]),
    /** The file that says where traffic goes; the proxy reads the folder that it is in. */
    file: Type.String(),
    /** Ends with 0 when the proxy's files are right. */
    check: Command,
    /** Has the proxy read its files anew without breaking anything off. */
    reload: Command,
    /** Where the proxy says which of these files it goes by. */
    status: Type.String({ pattern: '^https?://' }),
  },
  closed,
);

const Compose = Type.Object(
  {
    kind: Type.Literal('compose'),
    /** `docker compose` with its files. */
    command: Command,
    services: both(Type.String()),
    /** The file of the environment that names the images of both, read by compose. */
    images: Type.String(),
  },
  closed,
);

const Processes = Type.Object(
  {
    kind: Type.Literal('processes'),
    /** The file with the shop's environment. */
    env: Type.String(),
    ports: both(Port),
    role: Type.Union([Type.Literal('all'), Type.Literal('web')]),
  },
  closed,
);

const Limits = Type.Object(
  {
    /** Seconds that each share of the traffic is watched for, at least. */
    soakSeconds: Type.Number({ minimum: 1 }),
    /** Requests that the new release must have answered before more is given to it. */
    minRequests: Type.Integer({ minimum: 0 }),
    /** Seconds after which a step without enough requests is given up. */
    patienceSeconds: Type.Number({ minimum: 1 }),
    /** So many failed requests are no accident. */
    minFailures: Type.Integer({ minimum: 1 }),
    /** The share of failed requests that is accepted whatever the old release does. */
    failureShare: Type.Number({ minimum: 0, maximum: 1 }),
    /** The 95th percentile that is accepted whatever the old release does, in seconds. */
    p95Seconds: Type.Number({ minimum: 0 }),
    /** How much worse than the old release the new one may be, as a factor. */
    factor: Type.Number({ minimum: 1 }),
    /** Seconds within which a release that was started must be ready. */
    readySeconds: Type.Number({ minimum: 1 }),
    /** Seconds that a release gets to stop by itself. */
    stopSeconds: Type.Number({ minimum: 1 }),
  },
  closed,
);

const File = Type.Object(
  {
    /** State, reports and logs; made where it is missing. */
    folder: Type.String(),
    proxy: ProxyEntry,
    instances: Type.Union([Compose, Processes]),
    addresses: both(Instance),
    /** The file with the token that /metrics asks for. */
    metricsToken: Type.Optional(Type.String()),
    /** Asked of a new release directly before it gets any traffic: each is to be answered 200. */
    smoke: Type.Optional(Type.Array(Type.String({ pattern: '^/' }))),
    limits: Type.Optional(Type.Partial(Limits)),
  },
  closed,
);

export type Limits = Static<typeof Limits>;
export type ProxyConfig = Static<typeof ProxyEntry>;
export type ComposeConfig = Static<typeof Compose>;
export type ProcessesConfig = Static<typeof Processes>;
export type Address = Static<typeof Instance>;
export type Config = Static<typeof File> & {
  readonly limits: Limits;
  readonly smoke: readonly string[];
};

const LIMITS: Limits = {
  soakSeconds: 60,
  minRequests: 50,
  patienceSeconds: 900,
  minFailures: 3,
  failureShare: 0.01,
  p95Seconds: 0.5,
  factor: 2,
  readySeconds: 120,
  stopSeconds: 40,
};
const SMOKE = ['/', '/api/products?limit=1', '/api/products/search?q=a', '/cart', '/api-docs/json'];

/** Reads the file that says how this host releases; its paths are relative to it. @throws CannotBegin with all that is wrong */
export function readConfig(path: string): Config {
  const content = parse(path);
  if (!Value.Check(File, content)) {
    const problems = Value.Errors(File, content).map(
      ({ instancePath, message }) => `${instancePath || '/'} ${message}`,
    );
    throw new CannotBegin(`${path}: ${[...new Set(problems)].join('; ')}`);
  }
  const at = (file: string) => resolve(dirname(path), file);
  const { instances, proxy, metricsToken } = content;
  return {
    ...content,
    folder: at(content.folder),
    proxy: { ...proxy, file: at(proxy.file) },
    instances:
      instances.kind === 'compose'
        ? { ...instances, images: at(instances.images) }
        : { ...instances, env: at(instances.env) },
    ...(metricsToken !== undefined && { metricsToken: at(metricsToken) }),
    smoke: content.smoke ?? SMOKE,
    limits: { ...LIMITS, ...content.limits },
  };
}

function parse(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new CannotBegin(`${path} cannot be read: ${(cause as Error).message}`);
  }
}
