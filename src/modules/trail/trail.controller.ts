import { Readable } from 'node:stream';
import type { Static } from 'typebox';
import type { Db } from '../../database/database.ts';
import type { Reply } from '../../http/app-type.ts';
import { DEFAULT_LIMIT } from '../../shared/pages.ts';
import { exportTrail } from './export-trail.service.ts';
import type { ExportTrailQuery, ListTrailQuery } from './trail.schemas.ts';
import { getAct, listActs } from './trail.service.ts';

const types = { csv: 'text/csv; charset=utf-8', jsonl: 'application/jsonl' };

export function trailController({ db }: { db: Db }) {
  return {
    list: ({ limit = DEFAULT_LIMIT, cursor, ...query }: Static<typeof ListTrailQuery>) =>
      listActs(db, query, { limit, cursor }),

    show: (id: string) => getAct(db, id),

    async export(reply: Reply, { format = 'jsonl', ...query }: Static<typeof ExportTrailQuery>) {
      const text = await exportTrail(db, query, format);
      return reply
        .type(types[format])
        .header('content-disposition', `attachment; filename="audit-trail.${format}"`)
        .send(Readable.from(text));
    },
  };
}
