import { type Lockfile, type Package, productionPackagesOf } from './lockfile.ts';
import { LICENCES, LICENCES_READ } from './policy.ts';

const HEAD = `# Licences

Every package that is installed with the shop, and the licence under which it comes: written by \`npm run licences\` from the lockfile. CI fails when a package or its licence is not as it says here, and when a licence is not one of those in [supply-chain/policy.ts](../supply-chain/policy.ts). Binaries of other platforms are here too; npm installs those of one.

| Package | Version | Licence |
| ------- | ------- | ------- |
`;

/** The page docs/licences.md. */
export function licencePage(lockfile: Lockfile): string {
  const rows = productionPackagesOf(lockfile).map(
    (found) => `| ${found.name} | ${found.version} | ${licenceOf(found)} |\n`,
  );
  return HEAD + [...new Set(rows)].sort().join('');
}

/** Packages whose licence the policy does not allow, a sentence each. */
export function licenceFaults(lockfile: Lockfile): string[] {
  return productionPackagesOf(lockfile)
    .filter((found) => !isAllowed(licenceOf(found)))
    .map((found) => `${found.folder} comes under ${licenceOf(found)}`);
}

/** Of several licences to choose from one is enough; of several that hold together every one must be allowed. */
export function isAllowed(expression: string): boolean {
  return expression
    .replaceAll(/[()]/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((licence) => LICENCES.has(licence.trim())));
}

function licenceOf({ name, locked }: Package): string {
  return locked.license ?? LICENCES_READ[name] ?? 'no licence';
}
