import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { describe } from 'vitest';

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

/** Whether this machine has a Chromium for browser tests: CHROMIUM_PATH, or the system's. */
export const hasChromium = existsSync(executablePath);

/** A headless browser with no state of its own; the caller closes it. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic'],
  });
}

/** A suite that needs Chromium: skipped, saying so, on a machine without one; run, and failing, where CI is set. */
export function describeInBrowser(title: string, suite: () => void): void {
  if (hasChromium || process.env.CI === 'true') describe(title, { timeout: 60_000 }, suite);
  else describe.skip(`${title} (skipped: there is no Chromium at ${executablePath})`, suite);
}
