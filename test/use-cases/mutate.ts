import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { testServer } from '../support/global-setup.ts';

/** `npm run mutation:use-cases`: Stryker, whose processes come and go, on one PostgreSQL that outlives them. */
const { url, stop } = await testServer();
const stryker = spawn('stryker', ['run', 'stryker.use-cases.config.js', ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, TEST_DATABASE_URL: url },
});
const [code] = await once(stryker, 'exit');
await stop();
process.exitCode = code ?? 1;
