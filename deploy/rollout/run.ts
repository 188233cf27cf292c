import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Refused } from './outcome.ts';

const execute = promisify(execFile);

/** Runs a program to its end and returns what it printed. @throws Refused with its last words where it fails */
export async function run(
  [program = '', ...args]: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  try {
    const { stdout } = await execute(program, args, { ...options, maxBuffer: 2 ** 24 });
    return stdout;
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string };
    const words = stderr.trim().split('\n').slice(-5).join('\n') || message;
    throw new Refused(`${[program, ...args].join(' ')}: ${words}`);
  }
}
