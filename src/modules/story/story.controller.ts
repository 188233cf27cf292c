import type { Db } from '../../database/database.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { openCircuits } from './circuits.service.ts';
import type { StoryEntry } from './entries.model.ts';
import { searchStory } from './story.service.ts';

/** Tells the story of the order that a text names, as JSON. */
export function storyController({ db, metrics }: { db: Db; metrics: Metrics }) {
  return {
    async search(query: string) {
      const found = await searchStory(db, query, await openCircuits(metrics));
      const { story } = found;
      return {
        orders: [...found.orders],
        story: story && {
          order: story.order,
          troubles: story.troubles.map((trouble) => ({
            ...trouble,
            since: trouble.since?.toISOString() ?? null,
          })),
          entries: story.entries.map(timed),
        },
        work: found.work.map(timed),
      };
    },
  };
}

function timed(entry: StoryEntry) {
  return { ...entry, at: entry.at.toISOString() };
}
