import { parseArgs } from 'node:util';
import { CannotBegin } from './outcome.ts';

export type Options = {
  /** The file that says how this host releases. */
  readonly config: string;
} & (
  | {
      readonly act: 'release';
      readonly release: string;
      readonly steps: readonly number[];
      readonly expected: { readonly version?: string; readonly commit?: string };
    }
  | { readonly act: 'resume' | 'undo' | 'status' }
);

const CANARY = [5, 25, 50, 100];

export const USAGE = `Usage: npm run rollout -- release RELEASE [--at-once | --steps 5,25,50,100] [--version V] [--commit C]
       npm run rollout -- resume | undo | status
RELEASE is an image, or a folder with the shop, as the configuration says.
Options: --config FILE (rollout.json)
Exit code: 0 released, 1 undone, 2 nothing was done, 3 stands in between`;

/** Reads the command line. @throws CannotBegin with the usage for what it does not know */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parse(args);
  const [act, release, ...rest] = positionals;
  const config = values.config ?? 'rollout.json';
  if (rest.length > 0) throw new CannotBegin(USAGE);
  if ((act === 'resume' || act === 'undo' || act === 'status') && release === undefined)
    return { act, config };
  if (act !== 'release' || release === undefined) throw new CannotBegin(USAGE);
  return {
    ...{ act, release, config },
    steps: values['at-once'] ? [100] : stepsIn(values.steps),
    expected: {
      ...(values.version !== undefined && { version: values.version }),
      ...(values.commit !== undefined && { commit: values.commit }),
    },
  };
}

/** Shares that grow and end with all. */
function stepsIn(text: string | undefined): readonly number[] {
  if (text === undefined) return CANARY;
  const steps = text.split(',').map(Number);
  const grow = steps.every((step, at) => step > (steps[at - 1] ?? 0));
  if (!grow || steps.at(-1) !== 100)
    throw new CannotBegin('--steps: shares in percent that grow and end with 100, as 5,25,50,100');
  return steps;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        config: { type: 'string' },
        'at-once': { type: 'boolean' },
        steps: { type: 'string' },
        version: { type: 'string' },
        commit: { type: 'string' },
      },
    });
  } catch (cause) {
    throw new CannotBegin(`${(cause as Error).message}\n${USAGE}`);
  }
}
