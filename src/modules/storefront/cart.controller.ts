import type { Reply, Request } from '../../http/app-type.ts';
import { sendPage } from '../../http/browser.ts';
import { formErrors, refusal } from '../../http/form-errors.ts';
import type { FieldError } from '../../http/forms.views.ts';
import { seeOther } from '../../http/ways.ts';
import { getCart, MAX_CART_QUANTITY, setCartQuantity } from '../cart/cart.service.ts';
import { listOrders } from '../orders/orders.service.ts';
import { cartPage } from './cart.views.ts';
import type { StorefrontDeps } from './storefront-deps.ts';

const QUANTITY = `Type a quantity from 0 to ${MAX_CART_QUANTITY}.`;

/** What a shopper does with their cart. */
export function cartController({ db, browser, chromeOf, cartOwnerOf }: StorefrontDeps) {
  return {
    async show(request: Request, reply: Reply) {
      return sendPage(reply, await page(request, reply));
    },

    async setQuantity(
      request: Request,
      reply: Reply,
      variantId: string,
      form: { quantity: string },
    ) {
      const wrong = formErrors(request, {
        quantity: QUANTITY,
        variantId: 'The product is unknown.',
      });
      if (wrong.length > 0) return sendPage(reply, await page(request, reply, wrong), 400);
      const quantity = Number(form.quantity);
      try {
        await setCartQuantity(db, cartOwnerOf(request), { variantId, quantity });
      } catch (error) {
        const errors = refusal(request, reply, error);
        return sendPage(reply, await page(request, reply, errors), reply.statusCode);
      }
      const text = quantity === 0 ? 'Taken out of the cart.' : 'The cart is up to date.';
      browser.flash(reply, { kind: 'success', text });
      return seeOther(reply, '/cart');
    },
  };

  async function page(request: Request, reply: Reply, errors: readonly FieldError[] = []) {
    const customer = request.principal?.userId;
    const [chrome, cart, unpaid] = await Promise.all([
      chromeOf(request, reply),
      getCart(db, cartOwnerOf(request)),
      customer ? listOrders(db, customer, { status: 'pending' }, { limit: 1 }) : null,
    ]);
    return cartPage(chrome, { cart, errors, unpaidOrder: unpaid?.data[0] });
  }
}
