import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CannotBegin } from './outcome.ts';
import { writeWhole } from './write-whole.ts';

export type Colour = 'blue' | 'green';

/** A release on its way to all of the traffic, or back. */
export interface Rollout {
  readonly id: string;
  readonly release: string;
  readonly to: Colour;
  /** Shares of the traffic, in percent, one after the other. */
  readonly steps: readonly number[];
  readonly phase: 'preparing' | 'shifting' | 'finishing' | 'undoing';
  /** Which of the steps is at work. */
  readonly step: number;
  /** What /health/live is to say of it. */
  readonly expected: { readonly version?: string; readonly commit?: string };
  /** Why it is undone. */
  readonly reason?: string;
}

/** What is known of both places, kept in a file: whatever kills the program, the next run goes on from it. */
export interface State {
  /** Who has the traffic when nothing is on its way; null before the first release. */
  readonly live: Colour | null;
  readonly releases: Readonly<Record<Colour, string | null>>;
  readonly rollout: Rollout | null;
}

export interface StateFile {
  /** @throws CannotBegin where it is there and cannot be read */
  read(): State;
  /** Written as a whole and to the disk, before what it says is begun. */
  write(state: State): void;
}

const NOTHING: State = { live: null, releases: { blue: null, green: null }, rollout: null };

export function stateIn(folder: string): StateFile {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'state.json');
  return {
    read() {
      try {
        return JSON.parse(readFileSync(path, 'utf8')) as State;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return NOTHING;
        throw new CannotBegin(`${path} cannot be read: ${(error as Error).message}`);
      }
    },
    write: (state) => writeWhole(path, `${JSON.stringify(state, null, 2)}\n`),
  };
}

export const other = (colour: Colour): Colour => (colour === 'blue' ? 'green' : 'blue');
