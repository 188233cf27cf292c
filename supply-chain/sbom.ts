import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { productionPackagesOf, readLockfile, root } from './lockfile.ts';

interface Bill {
  serialNumber: string;
  metadata: { timestamp?: string; component: Record<string, unknown> };
  components: { 'bom-ref': string; name: string; version: string }[];
  dependencies: { ref: string; dependsOn: string[] }[];
}

/** The bill of materials of the shop, from the lockfile alone: CycloneDX 1.5, as npm writes it. */
export async function billOfMaterials(): Promise<Bill> {
  const { stdout } = await promisify(execFile)(
    'npm',
    ['sbom', '--package-lock-only', '--sbom-format=cyclonedx'],
    { cwd: root, maxBuffer: 64 * 1024 * 1024 },
  );
  const bill: Bill = JSON.parse(stdout);
  const { name, version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  await leaveOutDevelopment(bill);
  bill.metadata.component = { ...bill.metadata.component, name, version, type: 'application' };
  // The same lockfile gives the same bill, which can then be compared and attested.
  delete bill.metadata.timestamp;
  bill.serialNumber = `urn:uuid:${uuidOf(JSON.stringify(bill.components))}`;
  return bill;
}

/** npm's own --omit=dev also leaves out what the shop runs on, wherever a tool of development asks for it too. */
async function leaveOutDevelopment(bill: Bill): Promise<void> {
  const production = productionPackagesOf(await readLockfile());
  const stays = new Set(production.map(({ name, version }) => `${name}@${version}`));
  bill.components = bill.components.filter(({ name, version }) => stays.has(`${name}@${version}`));
  const refs = new Set(bill.components.map((component) => component['bom-ref']));
  bill.dependencies = bill.dependencies
    .filter(({ ref }) => refs.has(ref) || ref === bill.metadata.component['bom-ref'])
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((on) => refs.has(on)) }));
}

/** An id of version 8 (RFC 9562): of the content alone. */
function uuidOf(content: string): string {
  const hex = createHash('sha256').update(content).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

if (import.meta.main) {
  process.stdout.write(`${JSON.stringify(await billOfMaterials(), null, 2)}\n`);
}
