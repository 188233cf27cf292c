import { readFile } from 'node:fs/promises';
import type { Reply, Request } from '../../http/app-type.ts';
import { sendPage } from '../../http/browser.ts';
import { notFound } from '../../shared/errors.ts';
import type { AdminDeps } from './admin-page.ts';
import { runbookPage } from './runbook.views.ts';

const FOLDER = new URL('../../../docs/runbooks/', import.meta.url);

/** The runbooks of this version, where it runs from its source. */
export function runbookController({ chromeOf }: AdminDeps) {
  return {
    /** @param name of a file, letters and hyphens alone. @throws ShopError not_found. */
    async show(request: Request, reply: Reply, name: string) {
      const text = await readFile(new URL(name, FOLDER), 'utf8').catch(() => {
        throw notFound('The runbook');
      });
      return sendPage(reply, runbookPage(await chromeOf(request, reply), { name, text }));
    },
  };
}
