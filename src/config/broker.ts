import type { reader } from './reader.ts';

/** The mechanisms by which a Kafka broker may be told who connects. */
const SASL = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;

interface BrokerAddress {
  /** host:port, at least one. */
  readonly servers: readonly string[];
  readonly tls: boolean;
  /** What subjects and topics begin with. */
  readonly prefix: string;
}

export interface NatsConfig extends BrokerAddress {
  readonly protocol: 'nats';
  /** Copies that it keeps of the stream that is created. */
  readonly replicas: number;
  readonly login: { user: string; pass: string } | { token: string } | null;
}

export interface KafkaConfig extends BrokerAddress {
  readonly protocol: 'kafka';
  readonly login: { mechanism: (typeof SASL)[number]; username: string; password: string } | null;
}

/** The broker that events are published to, as EVENT_BROKER_URL names it. */
export type BrokerConfig = NatsConfig | KafkaConfig;

const FORM = /^(nats|kafka):\/\/(?:([^@/?#]*)@)?([^@/?#]+)\/?(?:\?([^#]*))?$/;
const DEFAULT_PORT = { nats: 4222, kafka: 9092 };

/** Where events are published; null: nowhere but in this shop. What is wrong is added to `problems`. */
export function readBrokerConfig(
  read: ReturnType<typeof reader>,
  problems: string[],
): BrokerConfig | null {
  const url = read.text('EVENT_BROKER_URL');
  if (url === null) return null;
  const wrong: string[] = [];
  const broker = parse(url, wrong);
  // The address may hold a password, so it is never repeated.
  problems.push(...wrong.map((problem) => `EVENT_BROKER_URL is malformed: ${problem}`));
  return broker;
}

function parse(url: string, wrong: string[]): BrokerConfig | null {
  const [, protocol, userinfo, hosts = '', query = ''] = FORM.exec(url) ?? [];
  if (protocol !== 'nats' && protocol !== 'kafka') {
    wrong.push('nats://host:4222 or kafka://host:9092 is needed, with commas between several');
    return null;
  }
  const { sasl, replicas, ...options } = readOptions(new URLSearchParams(query), protocol, wrong);
  const servers = hosts.split(',').map((host) => serverOf(host, DEFAULT_PORT[protocol], wrong));
  const address = { ...options, servers };
  const [user = '', pass] = (userinfo ?? '').split(/:(.*)/s).map((part) => decode(part, wrong));
  if (protocol === 'nats') {
    const login = pass === undefined ? { token: user } : { user, pass };
    return { protocol, ...address, replicas, login: userinfo ? login : null };
  }
  if (userinfo && pass === undefined) wrong.push('a user name needs a password');
  const login = { mechanism: sasl, username: user, password: pass ?? '' };
  return { protocol, ...address, login: userinfo ? login : null };
}

function serverOf(host: string, port: number, wrong: string[]): string {
  // A URL's own parser knows what a host is; http is only a scheme that it knows well.
  const text = `http://${host}`;
  if (!URL.canParse(text)) wrong.push('one of the hosts is not host:port');
  return /:\d+$/.test(host) ? host : `${host}:${port}`;
}

function readOptions(query: URLSearchParams, protocol: string, wrong: string[]) {
  const known = ['tls', 'prefix', protocol === 'kafka' ? 'sasl' : 'replicas'];
  for (const name of query.keys())
    if (!known.includes(name)) wrong.push(`there is no parameter ${JSON.stringify(name)}`);
  const tls = query.get('tls') ?? 'false';
  const prefix = query.get('prefix') ?? 'mainstay';
  const replicas = query.get('replicas') ?? '1';
  const asked = query.get('sasl') ?? 'plain';
  const sasl = SASL.find((mechanism) => mechanism.toLowerCase() === asked);
  if (!['true', 'false'].includes(tls)) wrong.push('tls is true or false');
  if (!/^[a-z0-9][a-z0-9_-]{0,39}$/.test(prefix))
    wrong.push('prefix is of small letters, digits, - and _, at most 40');
  if (!/^[1-5]$/.test(replicas)) wrong.push('replicas is from 1 to 5');
  if (sasl === undefined) wrong.push(`sasl is one of ${SASL.join(', ').toLowerCase()}`);
  return {
    tls: tls === 'true',
    prefix,
    replicas: Number(replicas),
    sasl: sasl ?? 'PLAIN',
  } as const;
}

function decode(text: string, wrong: string[]): string {
  try {
    return decodeURIComponent(text);
  } catch {
    wrong.push('user and password must be percent-encoded');
    return '';
  }
}
