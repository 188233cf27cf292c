export interface Commit {
  readonly sentence: string;
  readonly paths: readonly string[];
}

/** What a change may concern, the first that fits; whoever upgrades reads from above. */
const areas: readonly (readonly [string, RegExp])[] = [
  ['Schema', /^src\/database\/migrations\//],
  ['Configuration', /^src\/config\/variables\.ts$|^\.env\.example$/],
  ['API and events', /\.(routes|schemas)\.ts$|^src\/events\/catalogue\.ts$|^client\/src\//],
  ['Pages', /\.(views|pages)\.ts$|^public\//],
  [
    'Running it',
    /^(Dockerfile|docker-compose|deploy|grafana|prometheus|alertmanager|docs\/runbooks)/,
  ],
  ['Inside', /^src\//],
];

/** The sentences of commits by what they touch, for a person to make notes of; tests and documents alone are left out. */
export function draft(commits: readonly Commit[]): string {
  const byArea = Map.groupBy(commits, ({ paths }) =>
    areas.find(([, pattern]) => paths.some((path) => pattern.test(path)))?.at(0),
  );
  return areas
    .map(([area]) => [area, byArea.get(area) ?? []] as const)
    .filter(([, found]) => found.length > 0)
    .map(
      ([area, found]) =>
        `### ${area}\n\n${found.map(({ sentence }) => `- ${sentence}\n`).join('')}`,
    )
    .join('\n');
}

/** The changelog with what was unreleased under a version. @throws Error where there is nothing. */
export function cut(changelog: string, version: string, date: string): string {
  if (sectionOf(changelog, 'Unreleased').trim() === '')
    throw new Error('CHANGELOG.md has nothing under Unreleased: npm run changelog drafts it.');
  return changelog.replace('## Unreleased\n', `## Unreleased\n\n## ${version}, ${date}\n`);
}

/** What stands under a version's heading. @throws Error where there is none. */
export function sectionOf(changelog: string, version: string): string {
  const sections = changelog.split(/^## /m).slice(1);
  const found = sections.find((section) => section.split(/[,\n]/, 1)[0] === version);
  if (found === undefined) throw new Error(`CHANGELOG.md has no section ${version}`);
  return found.slice(found.indexOf('\n') + 1);
}
