import type { Mailer } from './notifications.model.ts';
import { passwordResetMail } from './password-reset.views.ts';

/** Mails the link to set a new password. */
export async function sendPasswordResetMail(
  mailer: Mailer,
  { to, ...content }: { to: string; name: string; link: string; expiresInMinutes: number },
): Promise<void> {
  await mailer.send({ to, ...passwordResetMail(content) });
}
