import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '../../src/dev/free-port.ts';
import { until } from '../support/until.ts';

/** A Redis of its own that keeps nothing. */
export async function startRedis(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const port = await freePort();
  const redis = spawn(
    'redis-server',
    ['--port', String(port), '--save', '', '--bind', '127.0.0.1'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const closed = once(redis, 'close');
  let said = '';
  redis.stdout.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  await until(() => said.includes('Ready to accept connections'), { what: 'Redis' });
  return {
    url: `redis://127.0.0.1:${port}`,
    async stop() {
      redis.kill('SIGKILL');
      await closed;
    },
  };
}
