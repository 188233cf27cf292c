import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { describeWhere } from './describe-where.ts';
import { WITHIN_MS } from './until.ts';

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

/** Whether this machine has a Chromium for browser tests: CHROMIUM_PATH, or the system's. */
export const hasChromium = existsSync(executablePath);

/** A headless browser with no state of its own; the caller closes it. */
export async function launchChromium(): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic'],
  });
  return browser.on('context', (context) => context.setDefaultTimeout(WITHIN_MS));
}

/** A suite that needs Chromium. */
export function describeInBrowser(title: string, suite: () => void): void {
  const lack = hasChromium ? null : `there is no Chromium at ${executablePath}`;
  describeWhere(lack, title, suite);
}
