import { startEmbeddedPostgres } from '../../src/dev/embedded-postgres/embedded-postgres.ts';

// A user of the server in a process of its own: prints the URL, stops when its input ends.
const [dataDir = '', role] = process.argv.slice(2);
// As a shop does that drains before it ends.
process.on('SIGINT', () => process.stdout.write('draining\n'));
try {
  const server = await startEmbeddedPostgres({
    dataDir,
    role: role === 'shop' ? 'shop' : 'tool',
    settings: { fsync: 'off' },
  });
  process.stdout.write(`${server.url}\n`);
  process.stdin.resume().on('end', () => server.stop());
} catch (error) {
  process.stderr.write(String(error));
  process.exitCode = 1;
}
