import { ApiError } from './api-error.ts';

/**
 * Checks the API key: `Authorization: Bearer sk_test_…`, or Basic with the key as user name. Any test
 * key is good.
 * @throws ApiError 401 where it is missing or not a test key.
 */
export function checkApiKey(authorization: string | undefined): void {
  const key = keyOf(authorization);
  if (key === null) {
    throw new ApiError(
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
      { status: 401 },
    );
  }
  if (!/^(sk|rk)_test_\w+$/.test(key)) {
    throw new ApiError(
      `Invalid API Key provided: ${key.slice(0, 8)}****. The stand-in takes test keys (sk_test_…).`,
      { status: 401 },
    );
  }
}

function keyOf(authorization: string | undefined): string | null {
  const [scheme, credentials = ''] = (authorization ?? '').split(' ');
  if (scheme?.toLowerCase() === 'bearer') return credentials === '' ? null : credentials;
  if (scheme?.toLowerCase() !== 'basic') return null;
  const [user] = Buffer.from(credentials, 'base64').toString('utf8').split(':');
  return user ? user : null;
}
