import type { App } from '../../http/app-type.ts';
import { checkoutController } from './checkout.controller.ts';
import { CheckoutForm } from './checkout-form.ts';
import type { StorefrontDeps } from './storefront-deps.ts';

/** From the cart to the payment page. */
export function checkoutPages(app: App, deps: StorefrontDeps): void {
  const controller = checkoutController(deps);

  app.get('/checkout', { config: { access: 'signed-in' } }, controller.show);
  app.post(
    '/checkout',
    { config: { access: 'signed-in' }, attachValidation: true, schema: { body: CheckoutForm } },
    (request, reply) => controller.placeOrder(request, reply, request.body),
  );
}
