import { Readable } from 'node:stream';
import type { Static } from 'typebox';
import type { Db } from '../../database/database.ts';
import type { Reply } from '../../http/app-type.ts';
import { sendFile } from '../../http/files.ts';
import { DEFAULT_LIMIT } from '../../shared/pages.ts';
import { exportTrail } from './export-trail.service.ts';
import type { ExportTrailQuery, ListTrailQuery } from './trail.schemas.ts';
import { getAct, listActs } from './trail.service.ts';

export function trailController({ db }: { db: Db }) {
  return {
    list: ({ limit = DEFAULT_LIMIT, cursor, ...query }: Static<typeof ListTrailQuery>) =>
      listActs(db, query, { limit, cursor }),

    show: (id: string) => getAct(db, id),

    async export(reply: Reply, { format = 'jsonl', ...query }: Static<typeof ExportTrailQuery>) {
      const text = await exportTrail(db, query, format);
      return sendFile(reply, { name: 'audit-trail', ending: format }, Readable.from(text));
    },
  };
}
