import type { EventType } from '../../events/catalogue.ts';
import type { CloudEvent, Consumer } from '../../events/consumer.ts';
import { enqueueJob } from '../../events/jobs.ts';
import { isErased } from '../../shared/erased.ts';
import type { Money } from '../../shared/money.ts';
import type { MailedOrder, Mailer, OrderMailKind } from './notifications.model.ts';
import { orderMail } from './order-mails.views.ts';

/** The job that sends one mail about an order; its payload is an OrderMailJob. */
export const SEND_ORDER_MAIL = 'send_order_mail';

export interface OrderMailJob {
  readonly kind: OrderMailKind;
  readonly eventId: string;
  readonly orderId: string;
  /** What went back, of a refund. */
  readonly amount: Money | null;
}

/** Mails that are sent at once, so that a mail server that hangs leaves room for other jobs. */
const LANES = 4;

/** An order that expires is mostly one that its customer left: nobody is told. */
const kinds = {
  'order.paid': 'confirmed',
  'order.fulfilled': 'sent',
  'order.cancelled': 'cancelled',
  'refund.succeeded': 'refunded',
} as const satisfies Partial<Record<EventType, OrderMailKind>>;

/** Has the customer told of what happens to their order, once for each event. */
export const orderMailConsumer: Consumer = {
  name: 'order-mails',
  types: Object.keys(kinds) as EventType[],
  async apply(tx, event) {
    const mail = mailOf(event);
    if (mail === null) return;
    const lane = Number.parseInt(mail.orderId.slice(-4), 16) % LANES;
    await enqueueJob(
      tx,
      SEND_ORDER_MAIL,
      { ...mail },
      { jobKey: `order_mail:${event.id}`, queue: `order_mails:${lane}` },
    );
  },
};

function mailOf(event: CloudEvent): OrderMailJob | null {
  const orderId = event.subject.replace('order/', '');
  switch (event.type) {
    case 'order.paid':
    case 'order.fulfilled':
    case 'order.cancelled':
      return { kind: kinds[event.type], eventId: event.id, orderId, amount: null };
    case 'refund.succeeded':
      return { kind: kinds[event.type], eventId: event.id, ...event.data };
    default:
      return null;
  }
}

/** The job: tells the customer. Sent again after a failure it has the same Message-ID, so that mailboxes show it once. */
export async function sendOrderMail(
  deps: {
    readonly mailer: Mailer;
    readonly publicUrl: string;
    readonly orderOf: (id: string) => Promise<MailedOrder>;
  },
  { kind, eventId, orderId, amount }: OrderMailJob,
): Promise<void> {
  const { mailer, publicUrl } = deps;
  const order = await deps.orderOf(orderId);
  // The person is gone: nobody reads it.
  if (isErased(order.email)) return;
  await mailer.send({
    to: order.email,
    messageId: `<${eventId}@${new URL(publicUrl).hostname}>`,
    ...orderMail(kind, order, { link: `${publicUrl}/orders/${orderId}`, amount }),
  });
}
