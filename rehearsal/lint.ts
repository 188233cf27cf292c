import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrations } from '../src/database/migrate.ts';
import { RULES } from '../src/database/pipeline/migration.ts';
import { startEmbeddedPostgres } from '../src/dev/embedded-postgres/embedded-postgres.ts';
import { lint } from './rules.ts';

/** `npm run migrate:lint`: runs every migration in an empty database and says which rules it breaks; ends with 1 then. */
async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'mainstay-lint-'));
  const settings = { fsync: 'off', autovacuum: 'off' };
  const server = await startEmbeddedPostgres({ dataDir: folder, role: 'tool', settings });
  try {
    const findings = await lint(server.url, migrations);
    for (const { migration, rule, subject, sql } of findings)
      process.stderr.write(
        `${migration}: ${rule}${subject && ` (${subject})`}: ${RULES[rule]}\n${sql && `  ${sql.trim()}\n`}`,
      );
    const count = Object.keys(migrations).length;
    if (findings.length === 0) process.stdout.write(`${count} migrations, nothing to object to\n`);
    else process.stderr.write('docs/migrations.md has a way around each, and how to allow it\n');
    process.exitCode = findings.length > 0 ? 1 : 0;
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

await main();
