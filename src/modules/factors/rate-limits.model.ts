import type { Bucket } from '../../http/rate-limit.ts';
import { networkOf } from '../../shared/network.ts';

/**
 * What a try at a code takes from. Who guesses six digits at this pace for a whole year, knowing the password and
 * unhindered by their owner, who is told within the hour, succeeds with a chance of one in three.
 */
export function codeBuckets({
  userId,
  address,
  digits,
}: {
  userId: string;
  address: string;
  /** Whether it is a code of six digits. */
  digits: boolean;
}): Bucket[] {
  const kind = digits ? 'code' : 'recovery-code';
  const hourly = digits ? 15 : 60;
  return [
    {
      name: `${kind}:account+address`,
      subject: `${userId} ${networkOf(address)}`,
      limit: 5,
      periodSeconds: 300,
    },
    { name: `${kind}:account`, subject: userId, limit: hourly, periodSeconds: 3600 },
  ];
}

/** The owner of an account that somebody tries to get into is told once a day of each way. */
export function warningBucket(userId: string, way: string): Bucket {
  return { name: `warning:${way}`, subject: userId, limit: 1, periodSeconds: 24 * 3600 };
}
