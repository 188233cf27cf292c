import { readFile } from 'node:fs/promises';

/**
 * What a process holds of the machine's memory, in megabytes: in all, and without the pages of files that processes
 * share.
 */
export async function memoryOf(id: number): Promise<{ resident: number; own: number }> {
  const status = await readFile(`/proc/${id}/status`, 'utf8');
  const of = (name: string) =>
    Math.round(Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1024);
  return { resident: of('VmRSS'), own: of('RssAnon') };
}
