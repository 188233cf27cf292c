import { runCommand } from './command.ts';
import { environment } from './config/environment.ts';
import { auditShop, hasFindings } from './modules/audit/audit.service.ts';
import { auditReport } from './modules/audit/audit.views.ts';
import { type TrailHead, trailHead } from './trail/trail.ts';

const USAGE =
  'Usage: npm run audit [-- --trail-head POSITION:HASH], as an earlier audit printed it';

// Exit code 0 for a shop without findings, 1 with findings, 2 when it could not be checked.
await runCommand(environment(), 2, async ({ db, say }) => {
  const noted = notedHead(process.argv.slice(2));
  // Read first: what is noted meanwhile comes after it.
  const head = await trailHead(db);
  const results = await auditShop(db, noted);
  say(auditReport(results, head));
  return hasFindings(results) ? 1 : 0;
});

/** @throws Error with the usage for any other argument. */
function notedHead([flag, value = '', ...rest]: readonly string[]): TrailHead | null {
  if (flag === undefined) return null;
  const [, position, hash] = /^(\d{1,15}):([\da-f]{64})$/.exec(value) ?? [];
  if (flag !== '--trail-head' || hash === undefined || rest.length > 0) throw new Error(USAGE);
  return { position: Number(position), hash };
}
