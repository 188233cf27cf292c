import type { Static } from 'typebox';
import type { Db } from '../../database/database.ts';
import type { Request } from '../../http/app-type.ts';
import { principalOf } from '../../http/principal.ts';
import { DEFAULT_LIMIT } from '../../shared/pages.ts';
import type { CloseTaskInput, ListTasksQuery } from './tasks.schemas.ts';
import { closeTask, getTask, listTasks } from './tasks.service.ts';

export function tasksController({ db }: { db: Db }) {
  return {
    list: ({ limit = DEFAULT_LIMIT, cursor, ...filter }: Static<typeof ListTasksQuery>) =>
      listTasks(db, filter, { limit, cursor }),
    show: (id: string) => getTask(db, id),
    close: (request: Request, id: string, body: CloseTaskInput) =>
      closeTask(db, id, { ...body, actorId: principalOf(request).userId }),
  };
}
