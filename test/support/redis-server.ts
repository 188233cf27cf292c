import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '../../src/dev/free-port.ts';
import { until } from './until.ts';

/** A Redis of a test's own, empty at each start. */
export async function redisServer() {
  const port = await freePort();
  let redis: ChildProcess;
  return {
    url: `redis://127.0.0.1:${port}`,
    async start(): Promise<void> {
      redis = spawn('redis-server', ['--port', String(port), '--save', '', '--bind', '127.0.0.1'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let said = '';
      redis.stdout?.on('data', (chunk: Buffer) => {
        said += chunk;
      });
      await until(() => said.includes('Ready to accept connections'), { what: 'Redis' });
    },
    async kill(): Promise<void> {
      const closed = once(redis, 'close');
      redis.kill('SIGKILL');
      await closed;
    },
    signal: (name: NodeJS.Signals): boolean => redis.kill(name),
  };
}
