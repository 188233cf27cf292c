import { ApiError } from './api-error.ts';

/** A decoded form: texts, and objects by name; a list is an object whose names are its indexes. */
export type FormNode = string | FormObject;
export interface FormObject {
  [name: string]: FormNode;
}

const MAX_DEPTH = 8;

/**
 * Decodes a query or an `application/x-www-form-urlencoded` body with nested brackets:
 * `a[b][0]=x`, `a[]=x`, `created[gte]=1`.
 * @throws ApiError 400 where a name is both a text and an object, or nested too deeply.
 */
export function decodeForm(text: string): FormObject {
  const root = emptyForm();
  for (const [name, value] of new URLSearchParams(text)) place(root, name, value);
  return root;
}

function place(root: FormObject, name: string, value: string): void {
  const path = pathOf(name);
  const last = path.pop() ?? '';
  let node = root;
  for (const step of path) {
    const key = step === '' ? nextIndex(node) : step;
    const child = node[key] ?? emptyForm();
    node[key] = child;
    if (typeof child === 'string')
      throw new ApiError('Invalid request: malformed parameters', { param: name });
    node = child;
  }
  const key = last === '' ? nextIndex(node) : last;
  if (typeof node[key] === 'object') {
    throw new ApiError('Invalid request: malformed parameters', { param: name });
  }
  node[key] = value;
}

function pathOf(name: string): string[] {
  const open = name.indexOf('[');
  if (open <= 0) return [name];
  const path = [
    name.slice(0, open),
    ...[...name.slice(open).matchAll(/\[([^\]]*)\]/g)].map((match) => match[1] ?? ''),
  ];
  if (path.length > MAX_DEPTH) throw new ApiError('Invalid request: parameters nested too deeply');
  return path;
}

function nextIndex(node: FormObject): string {
  return String(Object.keys(node).length);
}

// Without a prototype, so that a parameter named `__proto__` is a name like any other.
function emptyForm(): FormObject {
  return Object.create(null);
}
