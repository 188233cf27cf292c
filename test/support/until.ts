/** Polls until the condition holds; fails after the deadline, naming what it waited for. */
export async function until(
  condition: () => Promise<boolean> | boolean,
  { withinMs = 20_000, what = 'the condition' } = {},
): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`${what} did not come true within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
