import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mail, Mailer } from '../modules/notifications/notifications.model.ts';
import { newId } from '../shared/ids.ts';

const KEPT = 100;

export interface StoredMail extends Mail {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly sentAt: string;
}

export interface Mailbox extends Mailer {
  /** The newest hundred mails, newest first. */
  list(): Promise<StoredMail[]>;
}

/** Takes the place of a mail server in development: keeps the last mails as files in the data folder. */
export function createMailbox(dataDir: string): Mailbox {
  const folder = join(dataDir, 'mailbox');
  return {
    async send(mail) {
      await mkdir(folder, { recursive: true });
      const stored: StoredMail = { id: newId(), sentAt: new Date().toISOString(), ...mail };
      const path = join(folder, `${stored.id}.json`);
      // Renamed into place, so that the page never reads half a mail.
      await writeFile(`${path}.part`, JSON.stringify(stored, null, 2));
      await rename(`${path}.part`, path);
      for (const old of (await namesIn(folder)).slice(KEPT))
        await rm(join(folder, old), { force: true });
    },

    async list() {
      const names = (await namesIn(folder)).slice(0, KEPT);
      return Promise.all(
        names.map(
          async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as StoredMail,
        ),
      );
    },
  };
}

/** File names, newest first: ids are in the order of time. */
async function namesIn(folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const names = await readdir(folder);
  return names
    .filter((name) => name.endsWith('.json'))
    .sort()
    .reverse();
}
