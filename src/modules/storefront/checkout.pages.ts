import type { App } from '../../http/app-type.ts';
import { signedInPage } from '../../http/browser.ts';
import { checkoutController } from './checkout.controller.ts';
import { CheckoutForm } from './checkout-form.ts';
import type { StorefrontDeps } from './storefront-deps.ts';

/** From the cart to the payment page. */
export function checkoutPages(app: App, deps: StorefrontDeps): void {
  const controller = checkoutController(deps);

  app.get('/checkout', { onRequest: signedInPage }, controller.show);
  app.post(
    '/checkout',
    { onRequest: signedInPage, attachValidation: true, schema: { body: CheckoutForm } },
    (request, reply) => controller.placeOrder(request, reply, request.body),
  );
}
