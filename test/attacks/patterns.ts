import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import ts from 'typescript';

/** A regular expression and where it stands. */
export interface Pattern {
  readonly where: string;
  readonly regex: { test(text: string): boolean };
}

/** Every regular expression that is written in the source, but for development's own. */
export async function patternsOfSource(): Promise<Pattern[]> {
  const found: Pattern[] = [];
  const root = join(import.meta.dirname, '../../src');
  for await (const file of glob('**/*.ts', { cwd: root })) {
    if (file.startsWith('dev/')) continue;
    const text = await readFile(join(root, file), 'utf8');
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
    const look = (node: ts.Node): void => {
      if (ts.isRegularExpressionLiteral(node)) {
        const literal = node.getText(source);
        const end = literal.lastIndexOf('/');
        const regex = new RegExp(
          literal.slice(1, end),
          literal.slice(end + 1).replace(/[gy]/g, ''),
        );
        found.push({ where: `src/${file} ${literal}`, regex });
      }
      ts.forEachChild(node, look);
    };
    look(source);
  }
  return found;
}

/** Every pattern and format in a schema of any route, as the validator has them. */
export function patternsOfSchemas(schemas: readonly unknown[]): Pattern[] {
  const found = new Map<string, Pattern>();
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, item] of Object.entries(value)) {
      if (key === 'pattern' && typeof item === 'string')
        found.set(item, { where: `a schema’s ${item}`, regex: new RegExp(item, 'u') });
      if (key === 'format' && typeof item === 'string')
        found.set(item, { where: `the format ${item}`, regex: formatNamed(item) });
      look(item);
    }
  };
  for (const schema of schemas) look(schema);
  return [...found.values()];
}

function formatNamed(name: string): Pattern['regex'] {
  const format = fullFormats[name as keyof typeof fullFormats] as unknown;
  const how = (format as { validate?: unknown } | undefined)?.validate ?? format;
  if (how instanceof RegExp) return how;
  if (typeof how !== 'function') throw new Error(`nobody knows the format ${name}`);
  return { test: (text) => how(text) };
}

const REPEATED = [
  ...[...'aA0 \t\n-_.,;:/@<>&"\'\\%=|+#({[é\u0301'],
  ...['a ', 'a.', 'a,', 'a;', 'a-', 'a@', '0,', '<a', '</', '&a', '\r\n', '%2', '--', '::', '..'],
];
const ENDINGS = ['', '!', '\0', ',', ';', ' ', '\n', 'x\u2028'];
const BEGINNINGS = ['', 'a', 'http://', '"'];

/** Texts that make an expression which tries again do so as often as it can; each of about so many characters. */
export function hardTexts(length: number): string[] {
  return BEGINNINGS.flatMap((beginning) =>
    REPEATED.flatMap((part) =>
      ENDINGS.map((ending) => beginning + part.repeat(Math.ceil(length / part.length)) + ending),
    ),
  );
}

/** Seconds of this thread's CPU that some work takes; the least of several, as collecting garbage counts too. */
export function cpuOf(work: () => void, times = 1): number {
  let least = Number.POSITIVE_INFINITY;
  for (let time = 0; time < times; time += 1) {
    const before = process.threadCpuUsage();
    work();
    const { user, system } = process.threadCpuUsage(before);
    least = Math.min(least, (user + system) / 1e6);
  }
  return least;
}
