import { existsSync, writeFileSync } from 'node:fs';

const LIBRARIES = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1',
];

/** Debian's faketime library, or null where it is not installed. */
export const fakeTimeLibrary = LIBRARIES.find((path) => existsSync(path)) ?? null;

/** The clock of one process, which can be stepped while it runs. */
export class Clock {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
    this.step(0);
  }

  /** What the process needs in its environment; nothing where there is no library. */
  get env(): Record<string, string> {
    if (fakeTimeLibrary === null) return {};
    return {
      LD_PRELOAD: fakeTimeLibrary,
      FAKETIME_TIMESTAMP_FILE: this.#file,
      FAKETIME_CACHE_DURATION: '1',
      // Timers go by the monotonic clock, which no step of the wall clock moves.
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
  }

  /** Sets the clock so many seconds before (negative) or after the true time. */
  step(seconds: number): void {
    writeFileSync(this.#file, `${seconds < 0 ? '' : '+'}${seconds}`);
  }
}
