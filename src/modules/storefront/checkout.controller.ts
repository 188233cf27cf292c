import type { Reply, Request } from '../../http/app-type.ts';
import { sendPage } from '../../http/browser.ts';
import { formErrors, refusal, typed } from '../../http/form-errors.ts';
import type { FieldError } from '../../http/forms.views.ts';
import { principalOf } from '../../http/principal.ts';
import { seeOther } from '../../http/ways.ts';
import { getCart, orderKeyOf } from '../cart/cart.service.ts';
import { listOrders } from '../orders/orders.service.ts';
import { checkoutPage } from './checkout.views.ts';
import {
  addressOf,
  type CheckoutForm,
  type CheckoutValues,
  checkoutFields,
  checkoutMessages,
  itemsOf,
  totalOf,
} from './checkout-form.ts';
import { goToPayment } from './go-to-payment.ts';
import { placeCheckout } from './place-checkout.service.ts';
import type { StorefrontDeps } from './storefront-deps.ts';

/** The step between cart and payment. */
export function checkoutController(deps: StorefrontDeps) {
  const { db, browser, chromeOf, cartOwnerOf, flags } = deps;
  return {
    async show(request: Request, reply: Reply) {
      const { userId, email, name } = principalOf(request);
      const { data } = await listOrders(db, userId, {}, { limit: 1 });
      const last = data[0]?.shippingAddress;
      return page(request, reply, { values: { name, ...last, email: data[0]?.email ?? email } });
    },

    async placeOrder(request: Request, reply: Reply, form: CheckoutForm) {
      const customerId = principalOf(request).userId;
      const errors = formErrors(request, checkoutMessages);
      if (errors.length > 0) return page(request, reply, { values: typedValues(request), errors });
      try {
        const orderId = await placeCheckout(deps, {
          customerId,
          key: form.key,
          email: form.email,
          items: itemsOf(form),
          shownTotal: totalOf(form),
          shippingAddress: addressOf(form),
        });
        return goToPayment(deps, reply, { customerId, orderId });
      } catch (error) {
        return backToCart(request, reply, error);
      }
    },
  };

  /** The form, where there is something to order; else the cart, which says what is in the way. */
  async function page(
    request: Request,
    reply: Reply,
    { values, errors }: { values: CheckoutValues; errors?: readonly FieldError[] },
  ) {
    const owner = cartOwnerOf(request);
    // The key first: a cart read after it is at least as new, so nothing is shown that was ordered under it.
    const key = await orderKeyOf(db, owner);
    const cart = await getCart(db, owner);
    const open = await flags.ofShop('take-orders');
    if (key === null || !cart.orderable || !open) return seeOther(reply, '/cart');
    const chrome = await chromeOf(request, reply);
    const view = checkoutPage(chrome, { cart, values, errors, key });
    return sendPage(reply, view, errors ? 400 : 200);
  }

  /** An order is refused for what is in it, so the cart is where to mend it. */
  function backToCart(request: Request, reply: Reply, error: unknown) {
    const reasons = refusal(request, reply, error).map(({ message }) => message);
    const text = `${reasons.join(' ')} This time nothing was ordered or charged: please look through your cart and try again.`;
    browser.flash(reply, { kind: 'error', text });
    return seeOther(reply, '/cart');
  }
}

function typedValues(request: Request): CheckoutValues {
  return Object.fromEntries(checkoutFields.map((name) => [name, typed(request.body, name)]));
}
