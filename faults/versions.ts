import { fakeTimeLibrary } from './world/clock.ts';
import { currentCommit } from './world/previous-version.ts';

/** What ran, by name. */
export async function versionsOf(
  root: string,
  previous: string | null,
): Promise<Record<string, string>> {
  const commit = await currentCommit(root);
  return {
    node: `Node ${process.versions.node}`,
    shop: `shop ${commit?.slice(0, 10) ?? 'outside a repository'}`,
    ...(previous ? { previous: `deployed over ${previous.slice(0, 10)}` } : {}),
    faketime: fakeTimeLibrary ? 'faketime' : 'no faketime',
  };
}
