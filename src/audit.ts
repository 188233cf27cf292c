import { runCommand } from './command.ts';
import { environment } from './config/environment.ts';
import { auditShop, hasFindings } from './modules/audit/audit.service.ts';
import { auditReport } from './modules/audit/audit.views.ts';

// Exit code 0 for a shop without findings, 1 with findings, 2 when it could not be checked.
await runCommand(environment(), 2, async ({ db, say }) => {
  const results = await auditShop(db);
  say(auditReport(results));
  return hasFindings(results) ? 1 : 0;
});
