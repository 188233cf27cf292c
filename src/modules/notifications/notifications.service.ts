import { createDependency } from '../../resilience/dependency.ts';
import { createGuard } from '../../resilience/guard.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { invitationMail } from './invitation.views.ts';
import type { Mailer } from './notifications.model.ts';
import { passwordResetMail } from './password-reset.views.ts';
import { type SecurityNews, securityMail } from './security-mail.views.ts';
import { smtpFailure } from './smtp.gateway.ts';

/** A mail is not repeatable (the first may have gone out), so the guard tries once; its job comes again later. */
const LIMITS = { deadlineMs: 40_000, tryMs: 30_000, tries: 1, concurrent: 4, queue: 20 };
const SLOW_MS = 10_000;

/**
 * A mailer whose server may be down or slow without holding up the jobs that do not need it.
 * @param until ends the wait for it; a mail that a slow server takes all the same comes twice.
 */
export function guardMailer(
  mailer: Mailer,
  telemetry: { metrics: Metrics; logger: Logger },
  until?: AbortSignal,
): Mailer {
  const smtp = createDependency('smtp', { classify: smtpFailure, slowMs: SLOW_MS }, telemetry);
  const guard = createGuard(smtp, { ...LIMITS, until });
  return { send: (mail) => guard.call('send', () => mailer.send(mail)) };
}

/** Mails the link to set a new password. */
export async function sendPasswordResetMail(
  mailer: Mailer,
  { to, ...content }: { to: string; name: string; link: string; expiresInMinutes: number },
): Promise<void> {
  await mailer.send({ to, ...passwordResetMail(content) });
}

/** Tells somebody what changed about signing in to their account. */
export async function sendSecurityMail(
  mailer: Mailer,
  { to, ...news }: SecurityNews & { to: string },
): Promise<void> {
  await mailer.send({ to, ...securityMail(news) });
}

/** Mails the link to accept an invitation into the staff. */
export async function sendInvitationMail(
  mailer: Mailer,
  { to, ...content }: { to: string; inviter: string; link: string; days: number },
): Promise<void> {
  await mailer.send({ to, ...invitationMail(content) });
}
