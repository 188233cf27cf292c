import { createTransport } from 'nodemailer';
import type { Failure } from '../../resilience/failure.ts';
import type { Mailer } from './notifications.model.ts';

/** Mails over SMTP: `smtp://user:password@host:port`, or `smtps://` for TLS from the start. */
export function createSmtpMailer({ url, from }: { url: string; from: string }): Mailer & {
  close(): void;
} {
  const transport = createTransport(
    { url, connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 },
    { from },
  );
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

/** What a failed mail says of its server: a 5xx reply refuses the mail, everything else is trouble. */
export function smtpFailure(error: unknown): Failure {
  const { responseCode } = error as { responseCode?: number };
  if (responseCode !== undefined && responseCode >= 500) return { kind: 'refused' };
  return { kind: 'failed', retry: true, retryAfterMs: null };
}
