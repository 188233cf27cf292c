import type { Api } from './api.ts';
import type { WriteCall } from './api-call.ts';
import { ApiError, found } from './api-error.ts';
import type { StandInContext } from './context.ts';
import { buildLineItem } from './line-item.objects.ts';
import { listInOrder, listPage } from './list.ts';
import { buildSession } from './session.objects.ts';
import {
  checkFixedChoices,
  checkTotal,
  readExpiry,
  readIntentData,
  readLineItems,
  readSubmitType,
} from './session-params.ts';
import { expire, isOverdue } from './sessions.ts';
import type { Checkout } from './tables.ts';

const PATH = '/v1/checkout/sessions';
const MERCHANT = 'Mainstay';

/** Checkout sessions: create, retrieve, list, list line items, expire. */
export function checkoutApi(api: Api, context: StandInContext): void {
  const checkouts = () => context.store.table('checkouts');
  const checkout = (id: string) => found(checkouts().get(id), 'checkout.session', id, 'session');

  api.write(PATH, (call) => create(context, call).session);
  api.read(`${PATH}/:id`, ({ id }) => checkout(id).session);
  api.read(`${PATH}/:id/line_items`, ({ id, params }) =>
    listInOrder(`${PATH}/${id}/line_items`, checkout(id).lineItems, params),
  );
  api.read(PATH, ({ params }) => {
    const status = params.oneOf('status', ['open', 'complete', 'expired']);
    const intent = params.text('payment_intent');
    const email = params.nested('customer_details')?.text('email') ?? null;
    const sessions = [...checkouts().values()].map(({ session }) => session);
    const wanted = sessions.filter(
      (session) =>
        (status === null || session.status === status) &&
        (intent === null || session.payment_intent === intent) &&
        (email === null || session.customer_details?.email === email),
    );
    return listPage(PATH, wanted, params);
  });
  api.write(`${PATH}/:id/expire`, ({ id, tx, cause }) => {
    const open = checkout(id);
    if (open.session.status !== 'open' || isOverdue(context, open)) throw notOpen(open);
    return expire(context, tx, open, cause).session;
  });
}

function create(context: StandInContext, { params, tx }: WriteCall): Checkout {
  checkFixedChoices(params);
  const created = context.now();
  const drafts = readLineItems(params);
  const amountTotal = drafts.reduce((sum, draft) => sum + draft.unitAmount * draft.quantity, 0);
  const currency = drafts[0]?.currency ?? '';
  checkTotal(amountTotal, currency);
  const session = buildSession({
    amountTotal,
    currency,
    successUrl: params.url('success_url') ?? params.requiredText('success_url'),
    cancelUrl: params.url('cancel_url'),
    clientReferenceId: params.text('client_reference_id'),
    customerEmail: params.text('customer_email'),
    customerCreation: params.oneOf('customer_creation', ['if_required']) ?? 'if_required',
    metadata: params.metadata(),
    locale: params.text('locale'),
    submitType: readSubmitType(params),
    merchantName: params.nested('branding_settings')?.text('display_name') ?? MERCHANT,
    publicBase: context.publicBase(),
    created,
    expiresAt: readExpiry(params, created),
  });
  const checkout = {
    session,
    lineItems: drafts.map((draft) => buildLineItem(draft, created)),
    intentData: readIntentData(params),
  };
  tx.put('checkouts', session.id, checkout);
  return checkout;
}

function notOpen({ session }: Checkout): ApiError {
  return new ApiError(
    `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ${session.status}.`,
    { kept: true },
  );
}
