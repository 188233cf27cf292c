import { type Lockfile, type Package, packagesOf } from './lockfile.ts';
import { SCRIPTS } from './policy.ts';

/** What must not be in the lockfile, a sentence each; none where all is well. */
export function lockfileFaults(lockfile: Lockfile): string[] {
  return [
    ...(lockfile.lockfileVersion === 3 ? [] : ['the lockfile is not of version 3']),
    ...packagesOf(lockfile).flatMap(faultsOf),
  ];
}

function faultsOf({ name, folder, version, locked }: Package): string[] {
  const faults = [];
  if (locked.link) faults.push('is a link to a folder');
  if (!/^\d+\.\d+\.\d+/.test(version)) faults.push(`has no version of the registry: "${version}"`);
  // Registries and their mirrors differ in address, not in content; another source is no registry at all.
  if (locked.resolved !== undefined) faults.push(`names where it comes from: ${locked.resolved}`);
  if (!/^sha512-[\w+/]{86}==/.test(locked.integrity ?? ''))
    faults.push('has no SHA-512 of its content');
  if (locked.hasInstallScript && !Object.keys(SCRIPTS).some((allowed) => name.startsWith(allowed)))
    faults.push('runs a script when it is installed');
  return faults.map((fault) => `${folder} ${fault}`);
}

/** Dependencies of package.json that are not one exact version. */
export function looseVersions(manifest: Readonly<Record<string, unknown>>): string[] {
  return ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((kind) =>
    Object.entries((manifest[kind] ?? {}) as Record<string, string>)
      .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
      .map(([name, version]) => `${name} is not pinned to a version: ${version}`),
  );
}
