import { Type } from 'typebox';
import type { App } from '../http/app-type.ts';
import { type ChromeOf, sendPage } from '../http/browser.ts';
import { notFound } from '../shared/errors.ts';
import type { Mailbox } from './mailbox.ts';
import { mailboxPage, mailPage } from './mailbox.views.ts';

/** Where the shop's mails can be read in development. Never registered in production. */
export function mailboxPages(
  app: App,
  { mailbox, chromeOf }: { mailbox: Mailbox; chromeOf: ChromeOf },
): void {
  app.get('/dev/mailbox', { config: { access: 'anyone' } }, async (request, reply) =>
    sendPage(reply, mailboxPage(await mailbox.list(), await chromeOf(request, reply))),
  );

  app.get(
    '/dev/mailbox/:id',
    { config: { access: 'anyone' }, schema: { params: Type.Object({ id: Type.String() }) } },
    async (request, reply) => {
      const mail = (await mailbox.list()).find(({ id }) => id === request.params.id);
      if (mail === undefined) throw notFound('This mail');
      return sendPage(reply, mailPage(mail, await chromeOf(request, reply)));
    },
  );
}
