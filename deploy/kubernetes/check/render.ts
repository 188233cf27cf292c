import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import type { Manifest } from './objects.ts';

const run = promisify(execFile);

export const kubernetes = join(import.meta.dirname, '..');

/** The overlays, by name. */
export async function overlays(): Promise<string[]> {
  return (await readdir(join(kubernetes, 'overlays'))).toSorted();
}

/**
 * An overlay's objects as `kubectl kustomize` makes them; that they are what their kinds ask for is not known before
 * `schemaFaults` has looked. @throws where kubectl is missing, older than 1.27, or refuses the overlay.
 */
export async function render(overlay: string): Promise<Manifest[]> {
  const folder = join(kubernetes, 'overlays', overlay);
  const { stdout } = await run('kubectl', ['kustomize', folder], { maxBuffer: 2 ** 26 });
  return parseAllDocuments(stdout).map((document) => document.toJS());
}
