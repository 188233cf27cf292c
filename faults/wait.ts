import { setTimeout as pause } from 'node:timers/promises';

export { pause };

/** Polls until the condition holds; false when it did not in time. A condition that throws does not hold yet. */
export async function comesTrue(
  condition: () => Promise<boolean> | boolean,
  withinMs: number,
  everyMs = 50,
): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const holds = await Promise.resolve()
      .then(condition)
      .catch(() => false);
    if (holds) return true;
    if (Date.now() > deadline) return false;
    await pause(everyMs);
  }
}

/** As comesTrue. @throws Error naming what did not come true. */
export async function until(
  condition: () => Promise<boolean> | boolean,
  what: string,
  withinMs: number,
): Promise<void> {
  if (!(await comesTrue(condition, withinMs)))
    throw new Error(`${what}: not within ${withinMs / 1000} s`);
}

/** Seconds since a moment of `performance.now()`. */
export function secondsSince(began: number): number {
  return (performance.now() - began) / 1000;
}
