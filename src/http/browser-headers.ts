import helmet from '@fastify/helmet';
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
export async function tellBrowsers(
  app: App,
  site: { overTls: boolean; production: boolean; paymentBase: string | null },
): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: contentPolicy(site),
    strictTransportSecurity: site.overTls
      ? { maxAge: 365 * 24 * 3600, includeSubDomains: true }
      : false,
    xFrameOptions: { action: 'deny' },
    // Nothing to others; and to ourselves enough that browsers say where a form comes from.
    referrerPolicy: { policy: 'same-origin' },
  });
  const permissions = UNUSED.map((feature) => `${feature}=()`).join(', ');
  app.addHook('onRequest', (_request, reply, done) => {
    reply.header('permissions-policy', permissions);
    done();
  });
}

function contentPolicy({ overTls, production, paymentBase }: Parameters<typeof tellBrowsers>[1]) {
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
