import type { Reply, Request } from '../../http/app-type.ts';
import { sendPage } from '../../http/browser.ts';
import { workOrShowAgain } from '../../http/form-errors.ts';
import type { FieldError } from '../../http/forms.views.ts';
import { seeOther } from '../../http/ways.ts';
import { notFound } from '../../shared/errors.ts';
import {
  getFlag,
  listFlags,
  resetFlag,
  setFlag,
  switchFlag,
  tidyUp,
} from '../flags/flags.service.ts';
import { experimentResults } from '../flags/results.service.ts';
import { listSegments } from '../flags/segments.service.ts';
import { flagPage } from './admin-flag.views.ts';
import { resultsPage } from './admin-flag-results.views.ts';
import { flagsPage } from './admin-flags.views.ts';
import type { AdminDeps } from './admin-page.ts';
import { flagInput, type Typed, typedFlag, versionOf } from './flag-form.model.ts';

/** Requests about feature flags; a form that is refused is shown again as it was filled in. */
export function flagController({ db, browser, chromeOf, flags: held }: AdminDeps) {
  const deps = { db, held };

  async function page(
    request: Request,
    reply: Reply,
    key: string,
    state: { typed?: Typed; errors?: FieldError[] } = {},
  ) {
    const listed = await getFlag(db, key);
    const typed = state.typed ?? typedFlag(listed.flag);
    return flagPage(await chromeOf(request, reply), listed, { ...state, typed });
  }

  const saved = (reply: Reply, path: string, text: string) => {
    browser.flash(reply, { kind: 'success', text });
    return seeOther(reply, path);
  };

  return {
    async list(request: Request, reply: Reply) {
      const [chrome, flags, findings, segments] = await Promise.all([
        chromeOf(request, reply),
        listFlags(db),
        tidyUp(db),
        listSegments(db),
      ]);
      return sendPage(reply, flagsPage(chrome, { flags, findings, segments }));
    },

    async show(request: Request, reply: Reply, key: string) {
      return sendPage(reply, await page(request, reply, key));
    },

    async results(request: Request, reply: Reply, key: string) {
      const results = await experimentResults(db, key);
      return sendPage(reply, resultsPage(await chromeOf(request, reply), key, results));
    },

    set: (request: Request, reply: Reply, key: string, typed: Typed) =>
      workOrShowAgain(request, reply, {
        work: async () => {
          const { declaration } = await getFlag(db, key);
          if (declaration === null) throw notFound('The flag');
          await setFlag(deps, key, flagInput(typed, declaration));
          return saved(reply, `/admin/flags/${key}`, 'Saved; it holds everywhere from now on.');
        },
        again: (errors) => page(request, reply, key, { typed, errors }),
      }),

    flip: (request: Request, reply: Reply, key: string, typed: Typed) =>
      workOrShowAgain(request, reply, {
        work: async () => {
          const enabled = typed.enabled === 'on';
          await switchFlag(deps, key, { enabled, version: versionOf(typed) });
          const text = `Switched ${enabled ? 'on' : 'off'}; it holds everywhere from now on.`;
          return saved(reply, `/admin/flags/${key}`, text);
        },
        again: (errors) => page(request, reply, key, { errors }),
      }),

    reset: (request: Request, reply: Reply, key: string, typed: Typed) =>
      workOrShowAgain(request, reply, {
        work: async () => {
          await resetFlag(deps, key, versionOf(typed));
          return saved(reply, '/admin/flags', `${key} is as the code declares it.`);
        },
        again: (errors) => page(request, reply, key, { errors }),
      }),
  };
}
