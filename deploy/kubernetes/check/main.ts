import { policyFaults } from './faults.ts';
import { overlays, render } from './render.ts';
import { schemaFaults } from './schemas.ts';

/** `npm run kubernetes:check`: every overlay, rendered, by the schemas of its kinds and the rules of the shop. */
for (const overlay of await overlays()) {
  const objects = await render(overlay);
  const schema = await schemaFaults(objects);
  const faults = schema.length > 0 ? schema : policyFaults(objects, overlay);
  process.stdout.write(`${overlay}: ${objects.length} objects, ${faults.length} faults\n`);
  for (const fault of faults) process.stderr.write(`${overlay}: ${fault}\n`);
  if (faults.length > 0) process.exitCode = 1;
}
