/** Long enough for a machine many times slower than any that the tests were written on; only a failure waits for it. */
export const WITHIN_MS = 120_000;

/** Polls until the condition holds; fails after the deadline, naming what it waited for. */
export async function until(
  condition: () => Promise<boolean> | boolean,
  { withinMs = WITHIN_MS, what = 'the condition' } = {},
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > deadline)
      throw new Error(`${what} did not come true within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
