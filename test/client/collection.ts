import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../../examples/bruno');

interface BrunoRequest {
  readonly name: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly token: string | undefined;
  readonly body: string | undefined;
  /** What the answer gives to the requests after it: a path into it, by the name of a variable. */
  readonly gives: Record<string, string>;
}

/** The requests of the Bruno collection in their order, with variables as they are written. */
export async function readCollection(): Promise<BrunoRequest[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.bru')).sort();
  return Promise.all(
    files.map(async (name) => parse(name, await readFile(join(folder, name), 'utf8'))),
  );
}

/** The blocks of one file: a name, and what stands between braces at the beginning of a line. */
function parse(name: string, text: string): BrunoRequest {
  const blocks = new Map(
    [...text.matchAll(/^([\w:-]+) \{\n([\s\S]*?)\n\}$/gm)].map(([, kind = '', inner = '']) => [
      kind,
      inner,
    ]),
  );
  const pairs = (kind: string) =>
    Object.fromEntries(
      [...(blocks.get(kind) ?? '').matchAll(/^ {2}([\w-]+): (.*)$/gm)].map(
        ([, key = '', value = '']) => [key, value],
      ),
    );
  const method = ['get', 'post', 'put', 'delete'].find((verb) => blocks.has(verb)) ?? '';
  return {
    name,
    method: method.toUpperCase(),
    url: pairs(method).url ?? '',
    headers: pairs('headers'),
    token: pairs('auth:bearer').token,
    body: blocks.get('body:json'),
    gives: pairs('vars:post-response'),
  };
}

/** Sends them one after another, as Bruno does, and returns the last answer. @throws Error for one that is refused. */
export async function runCollection(
  requests: readonly BrunoRequest[],
  given: Record<string, string>,
  before: (request: BrunoRequest, variables: Record<string, string>) => Promise<void>,
) {
  const variables: Record<string, string> = { ...given };
  const fill = (text: string) =>
    text.replaceAll(/\{\{(\$?\w+)\}\}/g, (_, key: string) =>
      key.startsWith('$') ? randomUUID() : (variables[key] ?? ''),
    );
  let last: ReturnType<typeof JSON.parse>;
  for (const request of requests) {
    const { name, method, url, headers, token, body, gives } = request;
    await before(request, variables);
    const answer = await fetch(fill(url), {
      method,
      headers: {
        ...Object.fromEntries(Object.entries(headers).map(([key, value]) => [key, fill(value)])),
        ...(token !== undefined && { authorization: `Bearer ${fill(token)}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: fill(body) }),
    });
    last = await answer.json();
    if (!answer.ok) throw new Error(`${name}: ${JSON.stringify(last)}`);
    for (const [variable, path] of Object.entries(gives)) variables[variable] = at(last, path);
  }
  return last;
}

/** `res.body.data[0].id` of an answer's body. */
function at(body: unknown, path: string): string {
  const keys = path.replace('res.body.', '').split(/[.[\]]+/);
  return String(keys.reduce((value, key) => Object(value)[key], body));
}
