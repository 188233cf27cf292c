import { refuseArguments, runCommand } from './command.ts';
import { environment } from './config/environment.ts';
import { listFlags, tidyUp } from './modules/flags/flags.service.ts';
import { flagReport } from './modules/flags/flags.views.ts';

// Exit code 0 where nothing is to be tidied up, 1 where something is, 2 when the flags could not be read.
await runCommand(environment(), 2, async ({ db, say }) => {
  refuseArguments('Usage: npm run flags');
  const findings = await tidyUp(db);
  say(flagReport(await listFlags(db), findings));
  return findings.some(({ kind }) => kind !== 'unset') ? 1 : 0;
});
