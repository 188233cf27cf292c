import type { Reply, Request } from '../../http/app-type.ts';
import { sendPage } from '../../http/browser.ts';
import { openCircuits } from '../story/circuits.service.ts';
import { searchStory } from '../story/story.service.ts';
import type { AdminDeps } from './admin-page.ts';
import { storyPage } from './story.views.ts';

/** Shows the story of the order that a text names. */
export function storyController({ db, metrics, chromeOf, tracesUrl }: AdminDeps) {
  return {
    async show(request: Request, reply: Reply, query: string) {
      const q = query.trim();
      const found = q === '' ? null : await searchStory(db, q, await openCircuits(metrics));
      const chrome = await chromeOf(request, reply);
      return sendPage(reply, storyPage(chrome, { q, found, tracesUrl }));
    },
  };
}
