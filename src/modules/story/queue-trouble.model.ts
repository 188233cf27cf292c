import { type Facts, type JobFacts, quoted } from './story.model.ts';
import { attemptsOf, type Trouble } from './trouble-kinds.model.ts';

/** Tasks whose failures another rule tells, in the words of what they are about. */
const TOLD_ELSEWHERE = new Set(['apply_stripe_event', 'send_refund']);
const MAIL = 'send_order_mail';

/** Jobs that failed, and those that were given up on. */
export function jobTroubles({ jobs, activity }: Facts): Trouble[] {
  return jobs
    .filter(({ attempts, task }) => attempts > 0 && !TOLD_ELSEWHERE.has(task))
    .filter((job) => !job.isRunning || job.attempts > 1)
    .map((job) => {
      const code = activity.findLast(
        ({ kind, name, outcome }) => kind === 'job' && name === job.task && outcome === 'failed',
      )?.code;
      const why = `${[code, quoted(job.lastError)].filter(Boolean).join(', ')} ${attemptsOf(job.attempts)}`;
      const end = isDead(job) ? ' It was given up on.' : ' It is tried again by itself.';
      return {
        step: job.task === MAIL ? ('mail' as const) : ('job' as const),
        severity: 'bad' as const,
        what:
          job.task === MAIL
            ? `A mail to the customer was not sent: ${why}.${end}`
            : `The job ${job.task} fails: ${why}.${end}`,
        runbook:
          job.task === MAIL ? 'one-order.md#a-mail-was-not-sent' : 'one-order.md#a-job-fails',
        href: '/admin/operations',
        since: job.createdAt,
      };
    });
}

function isDead({ attempts, maxAttempts, isRunning }: JobFacts): boolean {
  return attempts >= maxAttempts && !isRunning;
}
