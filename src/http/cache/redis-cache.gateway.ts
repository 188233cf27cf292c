import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import {
  type ChangeFeed,
  decodeChange,
  encodeChange,
  gathered,
  type Hearing,
} from '../../database/feed/feed.ts';
import type { WatchedRedis } from '../redis.gateway.ts';
import type { Loaded, SharedAnswers } from './answer-cache.ts';
import { KEEP_MS } from './memory.ts';

/** What was changed is noted for longer than anything that was loaded before is kept, or on its way. */
const NOTED_MS = 60_000;

/** Tells a change, and notes when it was, by Redis's own clock. KEYS: what changed. */
const TELL = `
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000000 + time[2])
for _, key in ipairs(KEYS) do redis.call('SET', key, now, 'PX', ARGV[2]) end
redis.call('PUBLISH', ARGV[3], ARGV[1])`;

/**
 * An answer that was loaded after the last change of anything that it shows, or else the time: what is loaded from now
 * on is as of then. One that is as of later is of before the clock was set back, and would outlive its time.
 */
const READ = `
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000000 + time[2])
local found = redis.call('HMGET', KEYS[1], 'asOf', 'shows', 'answer')
if not found[1] then return {now} end
local asOf = tonumber(found[1])
if asOf > tonumber(now) then return {now} end
for key in string.gmatch(found[2], '%S+') do
  if tonumber(redis.call('GET', key) or '0') >= asOf then return {now} end
end
return {now, found[3], redis.call('PTTL', KEYS[1])}`;

interface Commands {
  tellChange(count: number, ...keysAndArguments: string[]): Promise<null>;
  readAnswer(key: string): Promise<[now: string, answer?: string, leftMs?: number]>;
}

function commandsOf(redis: Redis): Commands {
  redis.defineCommand('tellChange', { lua: TELL });
  redis.defineCommand('readAnswer', { numberOfKeys: 1, lua: READ });
  return redis as unknown as Commands;
}

/**
 * What processes of a shop share on one Redis: answers that any of them has loaded, and changes by publish and
 * subscribe, noted with their time so that no answer from before one is taken for one of after it.
 */
export function redisCache(
  { redis, keyOf, isUsable, lose, follow }: WatchedRedis,
  hearing: Hearing,
): { readonly answers: SharedAnswers; readonly feed: ChangeFeed } {
  const own = randomUUID();
  const channel = keyOf('changes');
  const everything = keyOf('changed:*');
  const anyStock = keyOf('changed:stock');
  const changedKey = (variantId: string): string => keyOf(`changed:${variantId}`);
  const keysOf = ({ variantIds, selectedByStock }: Loaded['shown']): string[] => [
    everything,
    ...(selectedByStock ? [anyStock] : []),
    ...variantIds.map(changedKey),
  ];
  const commands = commandsOf(redis);
  const messages = gathered(async (change) => {
    if (!isUsable()) throw new Error('not connected');
    const { catalogue, variantIds } = change;
    const ofStock = variantIds.size > 0 ? [anyStock, ...[...variantIds].map(changedKey)] : [];
    const keys = catalogue ? [everything] : ofStock;
    const message = encodeChange(own, change);
    await commands
      .tellChange(keys.length, ...keys, message, String(NOTED_MS), channel)
      .catch(losing);
  });
  follow({ onBack: messages.flush });
  redis.on('ready', messages.flush);
  const ears = subscriber(
    redis,
    channel,
    (message) => {
      const change = decodeChange(own, message);
      if (change) hearing.onChange(change);
    },
    hearing,
  );

  function losing(error: Error): never {
    lose(error);
    throw error;
  }

  return {
    answers: {
      async getOrLoad(address, load) {
        // What this process changed and could not tell yet is not noted there.
        if (!isUsable() || messages.hasUnsent()) return { loaded: await load() };
        const key = keyOf(`answer:${address}`);
        const [asOf, answer, leftMs = 0] = await commands.readAnswer(key).catch((error) => {
          lose(error);
          return [];
        });
        if (answer !== undefined)
          return { loaded: JSON.parse(answer), leftMs: Math.max(1, leftMs) };
        const loaded = await load();
        if (asOf === undefined) return { loaded };
        const shows = keysOf(loaded.shown).join(' ');
        const fields = { asOf, shows, answer: JSON.stringify(loaded) };
        redis.multi().hset(key, fields).pexpire(key, KEEP_MS).exec().catch(lose);
        return { loaded };
      },
    },
    feed: {
      publish: messages.publish,
      async close() {
        await messages.settle();
        ears.disconnect();
      },
    },
  };
}

/** How often a connection that only listens is asked whether anybody is there: a firewall drops what idles unsaid. */
const ASKED_EVERY_MS = 5000;

/**
 * Listens on a connection of its own: one that has subscribed can ask for nothing else but whether it is heard. Where
 * no answer comes in time it is made anew.
 */
function subscriber(
  redis: Redis,
  channel: string,
  onMessage: (message: string) => void,
  hearing: Hearing,
): Redis {
  const ears = redis.duplicate({
    connectionName: 'mainstay-changes',
    autoResubscribe: false,
    commandTimeout: undefined,
  });
  const asking = setInterval(() => {
    if (ears.status === 'ready') ears.ping().catch(() => undefined);
  }, ASKED_EVERY_MS);
  asking.unref();
  ears.on('end', () => clearInterval(asking));
  ears.on('error', hearing.onLost);
  ears.on('close', hearing.onLost);
  ears.on('ready', () => {
    ears.subscribe(channel).then(hearing.onBack, hearing.onLost);
  });
  ears.on('message', (_channel, message) => onMessage(message));
  return ears;
}
