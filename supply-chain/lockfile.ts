import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..');

/** What npm wrote of one package. */
export interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly license?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
}

export interface Lockfile {
  readonly lockfileVersion: number;
  /** By the folder in which a package is installed; the shop itself by ''. */
  readonly packages: Readonly<Record<string, Locked>>;
}

export interface Package {
  readonly name: string;
  readonly version: string;
  readonly folder: string;
  readonly locked: Locked;
}

export async function readLockfile(): Promise<Lockfile> {
  return JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'));
}

/** Every package but the shop itself, in the order of the lockfile. */
export function packagesOf({ packages }: Lockfile): Package[] {
  return Object.entries(packages)
    .filter(([folder]) => folder !== '')
    .map(([folder, locked]) => ({
      name: folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version: locked.version ?? '',
      folder,
      locked,
    }));
}

/** What is installed with the shop: not what only its development needs. */
export function productionPackagesOf(lockfile: Lockfile): Package[] {
  return packagesOf(lockfile).filter(({ locked }) => locked.dev !== true);
}
