import type { Bucket } from '../../http/rate-limit.ts';
import { networkOf } from '../../shared/network.ts';

/**
 * What a sign-in takes from. The tight limit is on the pair, so that a guesser elsewhere does not at once lock out
 * the rightful owner; the account alone is limited against guessing from many addresses, the address against
 * trying many accounts.
 */
export function signInBuckets(email: string, address: string): Bucket[] {
  const network = networkOf(address);
  return [
    {
      name: 'sign-in:account+address',
      subject: `${email} ${network}`,
      limit: 5,
      periodSeconds: 60,
    },
    { name: 'sign-in:account', subject: email, limit: 20, periodSeconds: 15 * 60 },
    { name: 'sign-in:address', subject: network, limit: 50, periodSeconds: 5 * 60 },
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
