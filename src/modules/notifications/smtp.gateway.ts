import { createTransport } from 'nodemailer';
import type { Mailer } from './notifications.model.ts';

/** Mails over SMTP: `smtp://user:password@host:port`, or `smtps://` for TLS from the start. */
export function createSmtpMailer({ url, from }: { url: string; from: string }): Mailer & {
  close(): void;
} {
  const transport = createTransport(url, { from });
  return {
    async send(mail) {
      await transport.sendMail({ ...mail });
    },
    close() {
      transport.close();
    },
  };
}

/** The sender of the shop's mails, at the host that shoppers know. */
export function senderOf(publicUrl: string): string {
  return `Mainstay <no-reply@${new URL(publicUrl).hostname}>`;
}
