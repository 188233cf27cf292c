import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './lockfile.ts';

/** The bill of materials of the shop, from the lockfile alone: CycloneDX 1.5, as npm writes it. */
export async function billOfMaterials() {
  const { stdout } = await promisify(execFile)(
    'npm',
    ['sbom', '--package-lock-only', '--omit=dev', '--sbom-format=cyclonedx'],
    { cwd: root, maxBuffer: 64 * 1024 * 1024 },
  );
  const bill = JSON.parse(stdout);
  const { name, version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  bill.metadata.component = { ...bill.metadata.component, name, version, type: 'application' };
  // The same lockfile gives the same bill, which can then be compared and attested.
  bill.metadata.timestamp = undefined;
  bill.serialNumber = `urn:uuid:${uuidOf(JSON.stringify(bill.components))}`;
  return bill;
}

/** An id of version 8 (RFC 9562): of the content alone. */
function uuidOf(content: string): string {
  const hex = createHash('sha256').update(content).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

if (import.meta.main) {
  process.stdout.write(`${JSON.stringify(await billOfMaterials(), null, 2)}\n`);
}
