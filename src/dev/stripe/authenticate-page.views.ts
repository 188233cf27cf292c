import { html } from '../../http/html.ts';
import { merchantOf, payLayout, totalOf } from './pay-layout.views.ts';
import type { Checkout } from './tables.ts';

/** The bank's 3-D Secure question, to be answered either way. */
export function authenticatePage({ session }: Checkout): string {
  return payLayout(
    'Confirm this payment',
    html`<section class="panel message">
  <h1>Confirm this payment</h1>
  <p>Your bank asks whether it is you who pays <strong>${totalOf(session)}</strong> to ${merchantOf(session)}.</p>
  <p>This is a test of 3-D Secure: choose how it ends.</p>
  <form method="post" action="/pay/${session.id}/authenticate" class="choices">
    <button class="button" type="submit" name="result" value="complete">Complete authentication</button>
    <button class="button plain" type="submit" name="result" value="fail">Fail authentication</button>
  </form>
</section>`,
  );
}
