import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { comesTrue } from '../wait.ts';

export interface ProcessSettings {
  readonly name: string;
  readonly root: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly port: number;
  readonly logFile: string;
}

/** How a process ended. */
export interface Ended {
  readonly name: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** It had been ready, and nobody had told it to end. */
  readonly byItself: boolean;
}

const RESTART_AFTER_MS = 500;

/** A process of the world under a supervisor: one that ends is started again, until it is told to stop. */
export class ShopProcess {
  readonly name: string;
  readonly port: number;
  readonly url: string;
  readonly ends: Ended[] = [];
  readonly #settings: ProcessSettings;
  #child: ChildProcess | null = null;
  #wanted = false;
  #struck = false;
  #wasReady = false;
  starts = 0;

  constructor(settings: ProcessSettings) {
    this.#settings = settings;
    this.name = settings.name;
    this.port = settings.port;
    this.url = `http://127.0.0.1:${settings.port}`;
  }

  start(): void {
    this.#wanted = true;
    this.#launch();
  }

  /** Sends a signal; the end that follows is ours, not its own. False when there is no process. */
  signal(signal: NodeJS.Signals): boolean {
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') this.#struck = true;
    return this.#child?.kill(signal) ?? false;
  }

  /** Ends it for good; after `withinMs` the hard way. Returns its exit code. */
  async stop(withinMs = 40_000): Promise<number | null> {
    this.#wanted = false;
    const child = this.#child;
    if (!child) return null;
    this.#struck = true;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const hard = setTimeout(() => child.kill('SIGKILL'), withinMs);
    const [code] = await ended;
    clearTimeout(hard);
    return code as number | null;
  }

  /** SIGTERM, and a start once it has ended. Returns the exit code. */
  async restart(): Promise<number | null> {
    const code = await this.stop();
    this.start();
    return code;
  }

  async isReady(): Promise<boolean> {
    const response = await fetch(`${this.url}/health/ready`, {
      signal: AbortSignal.timeout(2_000),
    });
    await response.body?.cancel();
    if (response.status === 200) this.#wasReady = true;
    return response.status === 200;
  }

  ready(withinMs: number): Promise<boolean> {
    return comesTrue(() => this.isReady(), withinMs, 100);
  }

  #launch(): void {
    const { root, args, env, logFile } = this.#settings;
    const log = openSync(logFile, 'a');
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.#child = child;
    this.#struck = false;
    this.#wasReady = false;
    this.starts += 1;
    child.once('exit', (code, signal) => void this.#ended(code, signal));
  }

  async #ended(code: number | null, signal: NodeJS.Signals | null): Promise<void> {
    this.#child = null;
    const byItself = this.#wasReady && !this.#struck;
    this.ends.push({ name: this.name, code, signal, byItself });
    if (!this.#wanted) return;
    await pause(RESTART_AFTER_MS);
    if (this.#wanted && this.#child === null) this.#launch();
  }
}
