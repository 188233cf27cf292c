import { runCommand } from './command.ts';
import { environment } from './config.ts';
import { auditShop } from './modules/audit/audit.service.ts';
import { auditReport } from './modules/audit/audit.views.ts';

/** `npm run audit`: exit code 0 for a shop without findings, 1 with findings, 2 when it could not be checked. */
await runCommand(environment(), 2, async (db, say) => {
  const results = await auditShop(db);
  say(auditReport(results));
  return results.some(({ severity, count }) => severity === 'finding' && count > 0) ? 1 : 0;
});
