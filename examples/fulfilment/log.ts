/** One JSON line on standard output. */
export function log(message: string, facts: object = {}): void {
  process.stdout.write(`${JSON.stringify({ message, ...facts })}\n`);
}
