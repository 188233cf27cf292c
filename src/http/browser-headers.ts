import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet from 'helmet';
import type { App } from './app-type.ts';

/** What no page of a shop needs of a browser, for itself and whatever it might come to hold. */
const UNUSED = [
  ...['accelerometer', 'autoplay', 'browsing-topics', 'camera', 'display-capture', 'geolocation'],
  ...['gyroscope', 'magnetometer', 'microphone', 'midi', 'payment', 'screen-wake-lock', 'serial'],
  ...['usb', 'xr-spatial-tracking'],
];

/**
 * Tells browsers what pages of the shop may do: nothing inline, nothing framed, nothing from elsewhere but images.
 * `paymentBase` is where payment pages are when they are not Stripe's own.
 */
export function tellBrowsers(app: App, site: Site): void {
  const permissions = UNUSED.map((feature) => `${feature}=()`).join(', ');
  const headers = {
    ...headersOf(site),
    'permissions-policy': permissions,
    // Tokens and what is known of people; what may be kept says so itself.
    'cache-control': 'no-store',
  };
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers);
    done();
  });
}

interface Site {
  readonly overTls: boolean;
  readonly production: boolean;
  readonly paymentBase: string | null;
}

/** What helmet gives every answer, asked once: it is the same for all. */
function headersOf(site: Site) {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  const give = helmet({
    contentSecurityPolicy: contentPolicy(site),
    strictTransportSecurity: site.overTls
      ? { maxAge: 365 * 24 * 3600, includeSubDomains: true }
      : false,
    xFrameOptions: { action: 'deny' },
    // Nothing to others; and to ourselves enough that browsers say where a form comes from.
    referrerPolicy: { policy: 'same-origin' },
  });
  give(response.req, response, () => {});
  return response.getHeaders();
}

function contentPolicy({ overTls, production, paymentBase }: Site) {
  return {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      baseUri: ["'none'"],
      objectSrc: ["'none'"],
      frameAncestors: ["'none'"],
      // Imported catalogues name images where the merchant keeps them; a referrer never goes there.
      imgSrc: ["'self'", 'data:', 'https:'],
      // Chromium applies this to redirects after a form too: paying leads to Stripe, or to a stand-in for it.
      formAction: [
        "'self'",
        'https://checkout.stripe.com',
        ...(paymentBase === null ? [] : [new URL(paymentBase).origin]),
        ...(production ? [] : ['http://localhost:*', 'http://127.0.0.1:*']),
      ],
      ...(overTls ? { upgradeInsecureRequests: [] } : {}),
    },
  };
}
