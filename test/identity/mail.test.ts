import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify from 'fastify';
import { SMTPServer } from 'smtp-server';
import { expect, onTestFinished, test } from 'vitest';
import { mailboxPages } from '../../src/dev/mailbox.routes.ts';
import { createMailbox } from '../../src/dev/mailbox.ts';
import type { App } from '../../src/http/app-type.ts';
import { sendPasswordResetMail } from '../../src/modules/notifications/notifications.service.ts';
import { passwordResetMail } from '../../src/modules/notifications/password-reset.views.ts';
import { createSmtpMailer, senderOf } from '../../src/modules/notifications/smtp.gateway.ts';

const content = {
  name: 'Ada',
  link: 'https://shop.example/reset-password?token=abc',
  expiresInMinutes: 60,
};

/** Attributes escape the equals sign; browsers and mail programs read it back. */
const unescaped = (markup: string) => markup.replaceAll('&#61;', '=');

async function newMailbox() {
  const folder = await mkdtemp(join(tmpdir(), 'mainstay-mailbox-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return createMailbox(folder);
}

test('the reset mail names the link and its validity, and a name cannot smuggle markup in', () => {
  const mail = passwordResetMail({ ...content, name: '<img src=x>' });
  expect(mail.text).toContain(`\n\n${content.link}\n\n`);
  expect(mail.text).toContain('within 60 minutes');
  expect(unescaped(mail.html)).toContain(`href="${content.link}"`);
  expect(mail.html).not.toContain('<img');
});

test.each([
  'Collect your prize at evil.example/x',
  'https://evil.example',
  'call 0900123456',
  'me@evil.example',
  'evil.example',
])(
  'a mail does not lead where the name of somebody leads who may not have chosen it: %s',
  (name) => {
    const { text, html } = passwordResetMail({ ...content, name });
    expect(text).toMatch(/^Hello,\n/);
    expect(text + html).not.toMatch(/evil|0900/);
  },
);

test.each(['Ada Lovelace', 'J. R. R. Tolkien', 'Seán Ó Murchú', '李小龍', 'Henry VIII (8)'])(
  'a mail greets %s by name',
  (name) => {
    expect(passwordResetMail({ ...content, name }).text).toMatch(`Hello ${name},\n`);
  },
);

test('a mail is delivered over SMTP from the shop to its recipient', async () => {
  const received: { from: string; to: string[]; text: string }[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address),
          text: Buffer.concat(chunks).toString(),
        });
        done();
      });
    },
  });
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  onTestFinished(() => new Promise((resolve) => server.close(resolve)));
  const { port } = listening.address() as AddressInfo;
  const mailer = createSmtpMailer({
    url: `smtp://127.0.0.1:${port}`,
    from: senderOf('https://shop.example'),
  });

  await sendPasswordResetMail(mailer, { to: 'ada@example.org', ...content });
  mailer.close();
  expect(received).toHaveLength(1);
  expect(received[0]).toMatchObject({ from: 'no-reply@shop.example', to: ['ada@example.org'] });
  expect(received[0]?.text).toContain('Subject: Set a new password');
});

test('a mail that the server does not take is an error, so that its job is tried again', async () => {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: ({ address }, _session, done) => done(new Error(`<${address}>: no such mailbox`)),
  });
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  onTestFinished(() => new Promise((resolve) => server.close(resolve)));
  const { port } = listening.address() as AddressInfo;
  const mailer = createSmtpMailer({ url: `smtp://127.0.0.1:${port}`, from: 'a@example.org' });
  const failure = await sendPasswordResetMail(mailer, { to: 'ada@example.org', ...content }).catch(
    (error: unknown) => error,
  );
  expect(failure).toMatchObject({
    message: expect.stringContaining('<[address]>: no such mailbox'),
    responseCode: 550,
  });
  // The log has all of it, and the queue keeps what failed.
  expect(inspect(failure, { depth: 9 })).not.toContain('ada@');
});

test('the development mailbox keeps the newest hundred mails, newest first', async () => {
  const mailbox = await newMailbox();
  for (let number = 1; number <= 103; number += 1)
    await mailbox.send({ to: 'a@example.org', subject: `Mail ${number}`, text: 'x', html: 'x' });
  const subjects = (await mailbox.list()).map(({ subject }) => subject);
  expect(subjects).toEqual(Array.from({ length: 100 }, (_, index) => `Mail ${103 - index}`));
});

test('the mailbox page lists mails and shows one with its link to follow', async () => {
  const mailbox = await newMailbox();
  await sendPasswordResetMail(mailbox, { to: 'ada@example.org', ...content });
  const app: App = fastify().withTypeProvider<TypeBoxTypeProvider>();
  onTestFinished(() => app.close());
  mailboxPages(app, {
    mailbox,
    chromeOf: async () => ({ user: null, cartCount: 0, csrfToken: '' }),
  });

  const list = await app.inject('/dev/mailbox');
  const path = /href="(\/dev\/mailbox\/[^"]+)"/.exec(list.payload)?.[1] ?? '';
  const mail = await app.inject(path);
  expect(unescaped(mail.payload)).toContain(`<a href="${content.link}">`);
  expect((await app.inject('/dev/mailbox/..%2F..%2Fsecret')).statusCode).not.toBe(200);
});
