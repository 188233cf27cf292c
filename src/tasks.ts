import type { TaskList } from 'graphile-worker';
import type { Db } from './database/database.ts';
import { forgetInstances } from './database/instances.ts';
import { jobMaker, performer } from './events/job.ts';
import { expireKeys } from './http/idempotency.ts';
import { forgetFullBuckets } from './http/rate-limit.ts';
import { sweepCarts } from './modules/cart/cart.service.ts';
import { forgetImports, IMPORT_PRODUCTS, takeTurn } from './modules/catalog/import-job.service.ts';
import { forgetExposures } from './modules/flags/exposures.service.ts';
import { sweepIdentity } from './modules/identity/account.service.ts';
import {
  SEND_PASSWORD_RESET,
  sendPasswordReset,
} from './modules/identity/password-reset.service.ts';
import {
  SEND_SECURITY_MAIL,
  type SecurityMailJob,
  sendSecurityNotice,
} from './modules/identity/security-mail.service.ts';
import { postMissing } from './modules/ledger/ledger.service.ts';
import type { Mailer } from './modules/notifications/notifications.model.ts';
import {
  sendInvitationMail,
  sendPasswordResetMail,
  sendSecurityMail,
} from './modules/notifications/notifications.service.ts';
import {
  type OrderMailJob,
  SEND_ORDER_MAIL,
  sendOrderMail,
} from './modules/notifications/order-mails.service.ts';
import { getOrder } from './modules/orders/orders.service.ts';
import { closeCheckouts } from './modules/payments/checkout.service.ts';
import { forgetBuyers } from './modules/payments/erase-buyers.service.ts';
import { finishCheckout } from './modules/payments/finish-checkout.service.ts';
import { sendRefund } from './modules/payments/refunds.service.ts';
import type { StripeGateway } from './modules/payments/stripe.gateway.ts';
import type { StripeRecords } from './modules/payments/stripe-records.model.ts';
import { applyEvent } from './modules/payments/webhooks.service.ts';
import { ERASE_CUSTOMER, eraseOrders, sweepErasures } from './modules/privacy/erase.service.ts';
import { reconcile } from './modules/reconciliation/reconcile.service.ts';
import type { RunTrigger } from './modules/reconciliation/reconciliation.model.ts';
import { RECONCILE, requestReconciliation } from './modules/reconciliation/status.service.ts';
import { SEND_STAFF_INVITATION, sendInvitation } from './modules/staff/invitations.service.ts';
import { forgetActivity } from './modules/story/activity.service.ts';
import {
  DELIVER_WEBHOOK,
  DELIVER_WEBHOOKS,
  deliverWebhook,
  deliverWebhooks,
  forgetDeliveries,
} from './modules/webhooks/deliver.service.ts';
import type { WebhookSender } from './modules/webhooks/webhook-post.gateway.ts';
import type { ActivityLog } from './telemetry/activity.ts';
import { concerns } from './telemetry/context.ts';
import type { Logger } from './telemetry/logger.ts';
import type { Metrics } from './telemetry/metrics.ts';

export interface TaskDeps {
  readonly db: Db;
  readonly stripe: StripeGateway;
  readonly records: StripeRecords;
  readonly mailer: Mailer;
  readonly webhooks: WebhookSender;
  readonly publicUrl: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly activity: ActivityLog;
}

/** What the hourly sweep over everything has not seen yet, with time to spare. */
const LEDGER_LOOKS_BACK = { hours: 2 };

/** How long after a comparison with Stripe that failed the next one comes. */
const AFTER_FAILURE_SECONDS = 60;

/** When tasks run that nothing causes; a turn that came while no worker was up is made up for. */
export const crontab = [
  '17 * * * * sweep_hourly ?fill=1h',
  '* * * * * sweep_ledger',
  `*/10 * * * * ${RECONCILE} ?fill=10m&jobKey=${RECONCILE}&max=3`,
].join('\n');

/** Tasks whose jobs are all enqueued under keys: one without was enqueued anew, and is done by the one after it. */
export const keyedTasks = [
  'apply_stripe_event',
  'finish_checkout',
  'send_refund',
  DELIVER_WEBHOOK,
  DELIVER_WEBHOOKS,
  ERASE_CUSTOMER,
  IMPORT_PRODUCTS,
  RECONCILE,
  SEND_ORDER_MAIL,
  SEND_PASSWORD_RESET,
  SEND_STAFF_INVITATION,
];

/** The shop's jobs that wait for nobody else, by the name under which they are enqueued. */
export function shopTasks(deps: TaskDeps): TaskList {
  const { db } = deps;
  const job = jobMaker(performer(deps));
  return {
    apply_stripe_event: job<{ eventId: string }>(({ eventId }) => applyEvent(deps, eventId)),
    [ERASE_CUSTOMER]: job<{ userId: string }>(({ userId }) => eraseOrders(db, userId)),
    [IMPORT_PRODUCTS]: job<{ importId: string }>(({ importId }) => takeTurn(deps, importId)),
    sweep_ledger: job(async () => {
      await postMissing(deps, LEDGER_LOOKS_BACK);
    }),
    sweep_hourly: job(() =>
      tryEach([
        () => expireKeys(db),
        () => sweepCarts(db),
        () => sweepIdentity(db),
        () => forgetFullBuckets(db),
        () => postMissing(deps, null),
        () => forgetDeliveries(db),
        () => forgetImports(db),
        () => forgetActivity(db),
        () => forgetInstances(db),
        () => forgetBuyers(db),
        () => forgetExposures(db),
        () => sweepErasures(db),
      ]),
    ),
  };
}

/** One after another, whatever became of those before. @throws AggregateError of what failed, once all were tried. */
async function tryEach(sweeps: readonly (() => Promise<unknown>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const sweep of sweeps) await sweep().catch((error) => failures.push(error));
  if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join('; '));
}

/** Jobs that wait for other people's servers, Stripe's too, which the shop's own must never wait behind. */
export function outgoingTasks(deps: TaskDeps): TaskList {
  const { db, mailer, publicUrl, logger } = deps;
  const perform = performer(deps);
  const job = jobMaker(perform);
  const orderOf = (id: string) => getOrder(db, null, id);
  return {
    close_checkouts: job<{ orderIds: string[] }>(({ orderIds }) => {
      orderIds.forEach(concerns);
      return closeCheckouts(deps, orderIds);
    }),
    finish_checkout: job<{ checkoutId: string }>(({ checkoutId }) =>
      finishCheckout(deps, checkoutId),
    ),
    send_refund: job<{ refundId: string }>(({ refundId }) => sendRefund(deps, refundId)),
    [SEND_PASSWORD_RESET]: job<{ email: string }>((payload) =>
      sendPasswordReset(
        { db, publicUrl, logger, sendMail: (mail) => sendPasswordResetMail(mailer, mail) },
        payload,
      ),
    ),
    [RECONCILE]: job<{ trigger?: RunTrigger }>(async ({ trigger = 'schedule' }) => {
      const { kind } = await reconcile(deps, { trigger });
      if (kind === 'unfinished') await requestReconciliation(db, trigger);
      // What was lost is found again within a quarter of an hour, so a failure does not wait for the next turn.
      if (kind === 'failed') await requestReconciliation(db, trigger, AFTER_FAILURE_SECONDS);
    }),
    [SEND_ORDER_MAIL]: job<OrderMailJob>((payload) => {
      concerns(payload.orderId);
      return sendOrderMail({ mailer, publicUrl, orderOf }, payload);
    }),
    [SEND_SECURITY_MAIL]: job<SecurityMailJob>((payload) =>
      sendSecurityNotice(
        { db, publicUrl, sendMail: (mail) => sendSecurityMail(mailer, mail) },
        payload,
      ),
    ),
    [SEND_STAFF_INVITATION]: job<{ invitationId: string }>((payload) =>
      sendInvitation(
        { db, publicUrl, sendMail: (mail) => sendInvitationMail(mailer, mail) },
        payload,
      ),
    ),
    [DELIVER_WEBHOOKS]: job<{ endpointId: string }>((payload) =>
      deliverWebhooks({ ...deps, perform }, payload),
    ),
    [DELIVER_WEBHOOK]: job<{ deliveryId: string }>((payload) =>
      deliverWebhook({ ...deps, perform }, payload),
    ),
  };
}
