import { join } from 'node:path';
import { run } from '../../deploy/rollout/run.ts';
import { runCaddy } from '../deploy/caddy.ts';
import { NGINX, runNginx } from '../deploy/proxy.ts';
import type { ToldProxy } from './host.ts';

/** Where nobody listens. */
const NOWHERE = 'http://127.0.0.1:9';

/** nginx as a rollout is told of it. */
export async function nginxForRollouts() {
  const proxy = await runNginx([NOWHERE], { tls: false });
  const told: ToldProxy = {
    url: proxy.url,
    entry: {
      kind: 'nginx',
      file: join(proxy.folder, 'release.d/release.conf'),
      check: [NGINX, '-t', '-q', '-c', join(proxy.folder, 'nginx.conf')],
      reload: [NGINX, '-s', 'reload', '-c', join(proxy.folder, 'nginx.conf')],
      status: `${proxy.url}/.rollout`,
    },
  };
  return { ...told, stop: proxy.stop, reload: () => run(told.entry.reload) };
}

/** Caddy as a rollout is told of it. */
export async function caddyForRollouts() {
  const proxy = await runCaddy(NOWHERE, { tls: false });
  const env = [
    'env',
    '-i',
    ...Object.entries(proxy.env).map(([name, value]) => `${name}=${value}`),
  ];
  const config = ['--config', join(proxy.folder, 'Caddyfile'), '--adapter', 'caddyfile'];
  const told: ToldProxy = {
    url: proxy.url,
    entry: {
      kind: 'caddy',
      file: join(proxy.folder, 'release.d/release.caddy'),
      check: [...env, 'caddy', 'validate', ...config],
      reload: [...env, 'caddy', 'reload', ...config, '--address', `localhost:${proxy.adminPort}`],
      status: `${proxy.url}/.rollout`,
    },
  };
  return { ...told, stop: proxy.stop, reload: () => run(told.entry.reload) };
}
