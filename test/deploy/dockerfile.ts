import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './compose.ts';

export interface Instruction {
  readonly keyword: string;
  /** --name=value before the arguments. */
  readonly flags: Readonly<Record<string, string>>;
  /** What follows them, its lines joined. */
  readonly value: string;
}

export interface Stage {
  readonly name: string;
  readonly base: string;
  readonly instructions: readonly Instruction[];
}

/** The stages of a Dockerfile in their order. Variables are left as they are written. */
export function readStages(
  text = readFileSync(join(root, 'Dockerfile'), 'utf8'),
): [Stage, ...Stage[]] {
  const stages: { name: string; base: string; instructions: Instruction[] }[] = [];
  for (const { keyword, flags, value } of instructionsOf(text)) {
    if (keyword === 'FROM') {
      const [base = '', , name = String(stages.length)] = value.split(/\s+/);
      stages.push({ name, base, instructions: [] });
    } else stages.at(-1)?.instructions.push({ keyword, flags, value });
  }
  const [first, ...others] = stages;
  if (first === undefined) throw new Error('a Dockerfile without a stage');
  return [first, ...others];
}

function instructionsOf(text: string): Instruction[] {
  return text
    .split('\n')
    .filter((line) => !/^\s*(#|$)/.test(line))
    .join('\n')
    .replace(/\s*\\\n\s*/g, ' ')
    .split('\n')
    .map((line) => {
      const [, keyword = '', flags = '', value = ''] =
        /^(\S+)\s+((?:--[\w-]+=\S+\s+)*)(.*)$/.exec(line) ?? [];
      const pairs = [...flags.matchAll(/--([\w-]+)=(\S+)/g)];
      return {
        keyword,
        flags: Object.fromEntries(pairs.map(([, name = '', given = '']) => [name, given])),
        value,
      };
    });
}

/** The value of the last instruction of a kind. @throws Error where there is none. */
export function last(stage: Stage, keyword: string): string {
  const found = stage.instructions.findLast((instruction) => instruction.keyword === keyword);
  if (found === undefined) throw new Error(`no ${keyword} in the stage ${stage.name}`);
  return found.value;
}

/** What ENV sets in a stage. */
export function variablesOf(stage: Stage): Record<string, string> {
  const pairs = stage.instructions
    .filter(({ keyword }) => keyword === 'ENV')
    .flatMap(({ value }) => value.split(/\s+/))
    .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]);
  return Object.fromEntries(pairs);
}

/** The words of an instruction in its exec form, after an optional CMD (of HEALTHCHECK). */
export function words(value: string): string[] {
  return JSON.parse(value.replace(/^CMD\s+/, ''));
}

/** Whether .dockerignore lets a file of the repository, named relative to it, into the build. */
export function isLetThrough(path: string): boolean {
  let through = true;
  for (const pattern of ignorePatterns()) {
    const name = pattern.replace(/^!/, '');
    if (name === '*' || path === name || path.startsWith(`${name}/`))
      through = pattern.startsWith('!');
  }
  return through;
}

export function ignorePatterns(): string[] {
  return readFileSync(join(root, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
}
