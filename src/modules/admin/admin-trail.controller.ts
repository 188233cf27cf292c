import { Readable } from 'node:stream';
import type { Reply, Request } from '../../http/app-type.ts';
import { sendPage } from '../../http/browser.ts';
import { sendFile } from '../../http/files.ts';
import { type ExportFormat, exportTrail } from '../trail/export-trail.service.ts';
import { getAct, listActs, namesOfActors, type TrailQuery } from '../trail/trail.service.ts';
import { PAGE_SIZE } from './admin.schemas.ts';
import type { AdminDeps } from './admin-page.ts';
import type { TrailPageQuery } from './admin-trail.pages.ts';
import { actPage, trailPage } from './admin-trail.views.ts';

export function trailController({ db, chromeOf }: AdminDeps) {
  return {
    async list(request: Request, reply: Reply, { cursor, ...asked }: TrailPageQuery) {
      const entries = await listActs(db, queryOf(asked), { limit: PAGE_SIZE, cursor });
      const names = await namesOfActors(db, entries.data);
      const page = trailPage(
        await chromeOf(request, reply),
        { entries, names },
        { ...asked, cursor },
      );
      return sendPage(reply, page);
    },

    async show(request: Request, reply: Reply, id: string) {
      const entry = await getAct(db, id);
      const names = await namesOfActors(db, [entry]);
      return sendPage(reply, actPage(await chromeOf(request, reply), entry, names));
    },

    async export(
      reply: Reply,
      { format, ...asked }: TrailPageQuery & { readonly format: ExportFormat },
    ) {
      const text = await exportTrail(db, queryOf(asked), format);
      return sendFile(reply, { name: 'audit-trail', ending: format }, Readable.from(text));
    },
  };
}

function queryOf({ q, act, subject, actor, from, to }: TrailPageQuery): TrailQuery {
  return {
    id: q?.trim() || undefined,
    act: act || undefined,
    subject: subject?.trim() || undefined,
    actor: actor || undefined,
    from: from || undefined,
    to: to || undefined,
  };
}
