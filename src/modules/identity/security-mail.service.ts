import type { Db, Tx } from '../../database/database.ts';
import { enqueueJob } from '../../events/jobs.ts';
import { isErased } from '../../shared/erased.ts';
import { type SecurityNotice, securityNotices } from './security-notices.model.ts';
import { findUser } from './user.repository.ts';

/** The job that tells somebody what changed about signing in to their account; its payload is a SecurityMailJob. */
export const SEND_SECURITY_MAIL = 'send_security_mail';

export interface SecurityMailJob {
  readonly userId: string;
  readonly notice: SecurityNotice;
  /** When it happened, ISO 8601. */
  readonly at: string;
}

/** Has the owner of an account told what happened to it, once the transaction commits. */
export async function tellOwner(tx: Tx, userId: string, notice: SecurityNotice): Promise<void> {
  const payload: SecurityMailJob = { userId, notice, at: new Date().toISOString() };
  await enqueueJob(tx, SEND_SECURITY_MAIL, { ...payload }, { queue: 'security_mails' });
}

export interface SecurityMail {
  readonly to: string;
  readonly name: string;
  readonly subject: string;
  /** What happened, in a sentence. */
  readonly news: string;
  readonly at: Date;
  /** Where a new password is asked for. */
  readonly link: string;
}

/** The job: mails the owner as they are now; of an account that is gone nobody is told. */
export async function sendSecurityNotice(
  deps: {
    readonly db: Db;
    readonly publicUrl: string;
    readonly sendMail: (mail: SecurityMail) => Promise<void>;
  },
  { userId, notice, at }: SecurityMailJob,
): Promise<void> {
  const user = await findUser(deps.db, userId);
  if (user === null || isErased(user.email)) return;
  await deps.sendMail({
    ...securityNotices[notice],
    to: user.email,
    name: user.name,
    at: new Date(at),
    link: `${deps.publicUrl}/forgot-password`,
  });
}
