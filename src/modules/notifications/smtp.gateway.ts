import type { Failure } from '../../resilience/failure.ts';
import type { Mailer } from './notifications.model.ts';

/** Mails over SMTP: `smtp://user:password@host:port`, or `smtps://` for TLS from the start. */
export function createSmtpMailer(config: {
  /** Read for every mail: its password may be changed. */
  readonly url: string;
  readonly from: string;
}): Mailer & { close(): void } {
  let current: Awaited<ReturnType<typeof connect>> | null = null;
  async function connect(url: string) {
    // Once the first mail is sent: many a process sends none.
    const { createTransport } = await import('nodemailer');
    const times = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 };
    return { url, transport: createTransport({ url, ...times }, { from: config.from }) };
  }
  return {
    async send(mail) {
      // A transport holds no connection between mails, so the old one needs no end.
      if (current?.url !== config.url) current = await connect(config.url);
      await current.transport.sendMail({ ...mail }).catch((error: unknown) => {
        throw withoutAddresses(error);
      });
    },
    close() {
      current?.transport.close();
    },
  };
}

/** Servers repeat whom they refuse, and what fails is kept: in the log, and with the job, which outlives an erasure. */
function withoutAddresses(error: unknown): Error {
  const { message, code, responseCode } = error as Error & { code?: string; responseCode?: number };
  const told = message
    .split(/([\s<>"])/)
    .map((part) => (part.includes('@') ? '[address]' : part))
    .join('');
  return Object.assign(new Error(told), { code, responseCode });
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
