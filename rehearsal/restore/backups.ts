import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder, run, type Server, type Site } from './server.ts';

const PROGRAM = 'pgbackrest';
const STANZA = 'mainstay';

/** pgBackRest over a server: its configuration is that of docs/backups.md, but for the folders and the port. */
export class Backups {
  readonly #site: Site;
  readonly #options: readonly string[];

  private constructor(site: Site, config: string) {
    this.#site = site;
    this.#options = [`--config=${config}`, `--stanza=${STANZA}`];
  }

  /** Writes the configuration for a server that is to be. */
  static async prepare(site: Site, server: Server): Promise<Backups> {
    for (const name of ['repository', 'lock', 'log', 'spool'])
      await makeFolder(site, join(site.folder, name));
    const config = join(site.folder, 'pgbackrest.conf');
    await writeFile(
      config,
      `[global]
repo1-path=${site.folder}/repository
repo1-retention-full=2
compress-type=zst
start-fast=y
process-max=2
log-level-file=off
log-level-console=warn
lock-path=${site.folder}/lock
log-path=${site.folder}/log
spool-path=${site.folder}/spool

[${STANZA}]
pg1-path=${server.data}
pg1-port=${server.port}
pg1-socket-path=${site.folder}
pg1-user=postgres
`,
    );
    return new Backups(site, config);
  }

  /** What a server archives its log with. */
  static settings(site: Site, archiveTimeoutSeconds: number): Record<string, string> {
    const config = join(site.folder, 'pgbackrest.conf');
    return {
      archive_mode: 'on',
      archive_command: `${PROGRAM} --config=${config} --stanza=${STANZA} archive-push %p`,
      archive_timeout: String(archiveTimeoutSeconds),
    };
  }

  /** Makes the repository, and proves that the server's log reaches it. */
  async begin(): Promise<void> {
    await this.#do('stanza-create');
    await this.#do('check');
  }

  async full(): Promise<void> {
    await this.#do('backup', '--type=full');
  }

  /**
   * Restores into the folder of another server, up to a moment or, without one, to the end of what was archived. That
   * server archives nothing: what it writes is another history.
   */
  async restore(into: Server, until: string | null): Promise<void> {
    await makeFolder(this.#site, into.data);
    const target =
      until === null
        ? ['--type=default']
        : ['--type=time', `--target=${until}`, '--target-action=promote'];
    await this.#do('restore', `--pg1-path=${into.data}`, '--archive-mode=off', ...target);
  }

  /** What the repository holds, in bytes. */
  async size(): Promise<number> {
    const [stanza] = JSON.parse(await this.#do('info', '--output=json'));
    return stanza.backup.at(-1).info.repository.delta;
  }

  #do(command: string, ...options: string[]): Promise<string> {
    return run(this.#site, PROGRAM, [...this.#options, ...options, command]);
  }
}
