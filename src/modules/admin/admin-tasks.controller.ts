import type { Reply, Request } from '../../http/app-type.ts';
import { sendPage } from '../../http/browser.ts';
import { workOrShowAgain } from '../../http/form-errors.ts';
import type { FieldError } from '../../http/forms.views.ts';
import { principalOf } from '../../http/principal.ts';
import { seeOther } from '../../http/ways.ts';
import { invalid } from '../../shared/errors.ts';
import { askForReconciliation, reconciliationStatus } from '../reconciliation/status.service.ts';
import { MAX_NOTE_LENGTH } from '../tasks/tasks.model.ts';
import { closeTask, getTask, listTasks } from '../tasks/tasks.service.ts';
import { PAGE_SIZE } from './admin.schemas.ts';
import type { AdminDeps } from './admin-page.ts';
import { taskPage } from './admin-task.views.ts';
import type { CloseForm, TasksQuery } from './admin-tasks.pages.ts';
import { tasksPage } from './admin-tasks.views.ts';

export function taskController({ db, browser, chromeOf }: AdminDeps) {
  const pageOf = async (
    request: Request,
    reply: Reply,
    id: string,
    form: { typed?: CloseForm; errors?: readonly FieldError[] },
  ) => taskPage(await chromeOf(request, reply), await getTask(db, id), form);
  return {
    async list(request: Request, reply: Reply, { state, severity, cursor }: TasksQuery) {
      const filter = { state: state || undefined, severity: severity || undefined };
      const [tasks, { run }] = await Promise.all([
        listTasks(db, filter, { limit: PAGE_SIZE, cursor }),
        reconciliationStatus(db),
      ]);
      const chrome = await chromeOf(request, reply);
      return sendPage(reply, tasksPage(chrome, { tasks, run, filter: { ...filter, cursor } }));
    },

    async show(request: Request, reply: Reply, id: string) {
      return sendPage(reply, await pageOf(request, reply, id, {}));
    },

    close(request: Request, reply: Reply, id: string, typed: CloseForm) {
      return workOrShowAgain(request, reply, {
        work: async () => {
          // Browsers send their own ends of lines.
          const note = typed.note.replaceAll('\r\n', '\n').trim();
          if (note === '') throw invalid('note', 'Say what was done, or why nothing has to be.');
          if (note.length > MAX_NOTE_LENGTH)
            throw invalid('note', `A note has up to ${MAX_NOTE_LENGTH} characters.`);
          const { userId: actorId } = principalOf(request);
          await closeTask(db, id, { state: typed.state, note, actorId });
          browser.flash(reply, { kind: 'success', text: 'The task is closed.' });
          return seeOther(reply, '/admin/tasks');
        },
        again: (errors) => pageOf(request, reply, id, { typed, errors }),
      });
    },

    async reconcile(_request: Request, reply: Reply) {
      await askForReconciliation(db);
      browser.flash(reply, {
        kind: 'success',
        text: 'The shop is being compared with Stripe. What it finds appears here in a moment.',
      });
      return seeOther(reply, '/admin/tasks');
    },
  };
}
