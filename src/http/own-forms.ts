import '@fastify/multipart';
import { isMacOf, type Keyring } from '../secrets/keyring.ts';
import { ShopError } from '../shared/errors.ts';
import type { Request } from './app-type.ts';

const csrfText = (visitor: string) => `csrf:${visitor}`;

/** The token in the forms of a browser, bound to it by the secret in its cookie. */
export function csrfToken(visitor: string, keyring: Keyring): string {
  return keyring.signing().mac(csrfText(visitor)).toString('base64url');
}

/**
 * Refuses a form that another site sent, by the browser's word for it and by the token bound to this browser.
 * @throws ShopError forbidden.
 */
export function assertOwnForm(
  request: Request,
  keyring: Keyring,
  /** Whether the browser sent the cookie that its forms are bound to. */
  { keepsCookies }: { keepsCookies: boolean },
): void {
  const site = request.headers['sec-fetch-site'];
  const origin = request.headers.origin;
  const foreign =
    site !== undefined
      ? site !== 'same-origin' && site !== 'none'
      : origin !== undefined &&
        // "null" is what a page in a sandbox is from.
        (!URL.canParse(origin) || new URL(origin).host !== request.headers.host);
  const given = Buffer.from(givenToken(request), 'base64url');
  if (!foreign && isMacOf(keyring, csrfText(request.visitor), given)) return;
  throw new ShopError(
    'forbidden',
    foreign || keepsCookies
      ? 'This form has expired or came from another site. Go back, reload the page and send it again.'
      : 'Your browser sent no cookie, by which its forms are told from those of other sites. Allow this shop to keep cookies, then go back, reload the page and send the form again.',
  );
}

/** The token comes in the form; an upload, whose body is still a stream, carries it in its address. */
function givenToken(request: Request): string {
  const inBody = (request.body as { _csrf?: unknown } | undefined)?._csrf;
  const inQuery = (request.query as { _csrf?: unknown })._csrf;
  const token = request.isMultipart() ? inQuery : inBody;
  return typeof token === 'string' ? token : '';
}
