import type { Bucket } from '../../http/rate-limit.ts';
import { networkOf } from '../../shared/network.ts';

/**
 * What a sign-in takes from. The account is limited against guessing from many addresses, the address against trying
 * many accounts, and the pair most. A browser in which the account was signed in to before has limits of its own, so
 * that no guesser elsewhere locks the rightful owner out.
 */
export function signInBuckets(
  email: string,
  address: string,
  browser: string | null = null,
): Bucket[] {
  const network = networkOf(address);
  const byAddress = {
    name: 'sign-in:address',
    subject: network,
    limit: 50,
    periodSeconds: 5 * 60,
  };
  if (browser !== null) return [...ownBuckets('sign-in:browser', `${email} ${browser}`), byAddress];
  return [
    {
      name: 'sign-in:account+address',
      subject: `${email} ${network}`,
      limit: 5,
      periodSeconds: 60,
    },
    { name: 'sign-in:account', subject: email, limit: 20, periodSeconds: 15 * 60 },
    byAddress,
  ];
}

/** What a password typed in a session takes from: guesses elsewhere are not its person's. */
export function proofBuckets(sessionId: string): Bucket[] {
  return ownBuckets('password', sessionId);
}

function ownBuckets(name: string, subject: string): Bucket[] {
  return [
    { name: `${name}:minute`, subject, limit: 5, periodSeconds: 60 },
    { name, subject, limit: 20, periodSeconds: 15 * 60 },
  ];
}

/** Registering hashes a password, which costs us more than them. */
export function registerBuckets(address: string): Bucket[] {
  return [{ name: 'register', subject: networkOf(address), limit: 60, periodSeconds: 60 }];
}

/** Asking for a reset sends a mail to whoever the address belongs to, who must not be flooded. */
export function requestResetBuckets(email: string, address: string): Bucket[] {
  return [
    { name: 'request-reset:address', subject: networkOf(address), limit: 30, periodSeconds: 60 },
    { name: 'request-reset:account', subject: email, limit: 5, periodSeconds: 15 * 60 },
  ];
}

export function resetPasswordBuckets(address: string): Bucket[] {
  return [{ name: 'reset-password', subject: networkOf(address), limit: 30, periodSeconds: 60 }];
}
