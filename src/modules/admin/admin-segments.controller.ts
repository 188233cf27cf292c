import type { Reply, Request } from '../../http/app-type.ts';
import { workOrShowAgain } from '../../http/form-errors.ts';
import { seeOther } from '../../http/ways.ts';
import { invalid } from '../../shared/errors.ts';
import { isId } from '../../shared/ids.ts';
import { listFlags, tidyUp } from '../flags/flags.service.ts';
import { listSegments, removeSegment, setSegment } from '../flags/segments.service.ts';
import { flagsPage } from './admin-flags.views.ts';
import type { AdminDeps } from './admin-page.ts';
import { type Typed, versionOf } from './flag-form.model.ts';

/** Requests about segments, which stand on the page of the flags. */
export function segmentController({ db, browser, chromeOf, flags: held }: AdminDeps) {
  const deps = { db, held };

  const work = (
    request: Request,
    reply: Reply,
    { typed, said }: { typed: Typed; said: string },
    change: () => Promise<unknown>,
  ) =>
    workOrShowAgain(request, reply, {
      work: async () => {
        await change();
        browser.flash(reply, { kind: 'success', text: said });
        return seeOther(reply, '/admin/flags');
      },
      again: async (errors) =>
        flagsPage(await chromeOf(request, reply), {
          flags: await listFlags(db),
          findings: await tidyUp(db),
          segments: await listSegments(db),
          refused: { typed, errors },
        }),
    });

  return {
    set: (request: Request, reply: Reply, typed: Typed) =>
      work(request, reply, { typed, said: 'The segment is saved.' }, async () =>
        setSegment(deps, { ...membersOf(typed), key: keyOf(typed), version: versionOf(typed) }),
      ),
    remove: (request: Request, reply: Reply, typed: Typed) =>
      work(request, reply, { typed: {}, said: 'The segment is deleted.' }, async () =>
        removeSegment(deps, keyOf(typed), versionOf(typed)),
      ),
  };
}

function keyOf({ key = '' }: Typed): string {
  if (!/^[a-z][a-z0-9-]{0,59}$/.test(key))
    throw invalid('key', 'Name it by small letters, digits and hyphens, such as testers.');
  return key;
}

/** Customers by their ids and domains of e-mail addresses, in any order. */
function membersOf({ members = '' }: Typed) {
  const words = members.split(/[\s,;]+/).filter((word) => word !== '');
  const wrong = words.find((word) => !isId(word) && !/^[\w-]+(\.[\w-]+)+$/.test(word));
  if (wrong !== undefined)
    throw invalid('members', `${wrong.slice(0, 100)} is neither a customer’s id nor a domain.`);
  if (words.length > 1000) throw invalid('members', 'A segment has 1000 members at most.');
  return {
    customerIds: words.filter(isId),
    emailDomains: words.filter((word) => !isId(word)),
  };
}
