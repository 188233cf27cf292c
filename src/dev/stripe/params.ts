import { ApiError } from './api-error.ts';
import type { FormNode, FormObject } from './form.ts';

/** Reads the parameters of one request with Stripe's checks and messages. */
export class Params {
  readonly #form: FormObject;
  readonly #path: string;
  readonly #read = new Set<string>();
  readonly #children: Params[] = [];

  constructor(form: FormObject, path = '') {
    this.#form = form;
    this.#path = path;
  }

  /** The parameter's full name, `line_items[0][quantity]`. */
  name(...keys: readonly string[]): string {
    return keys.reduce((path, key) => (path === '' ? key : `${path}[${key}]`), this.#path);
  }

  hasObject(key: string): boolean {
    return typeof this.#node(key) === 'object';
  }

  /** A text, or null where it is absent or empty. */
  text(key: string): string | null {
    const node = this.#node(key);
    if (node === undefined || node === '') return null;
    if (typeof node === 'string') return node;
    throw new ApiError('Invalid string', { param: this.name(key) });
  }

  requiredText(key: string): string {
    return this.text(key) ?? this.#missing(key);
  }

  /** @throws ApiError where the text is none of the choices. */
  oneOf<T extends string>(key: string, choices: readonly T[]): T | null {
    const text = this.text(key);
    if (text === null) return null;
    const choice = choices.find((candidate) => candidate === text);
    if (choice === undefined) {
      throw new ApiError(`Invalid ${this.name(key)}: must be one of ${choices.join(', ')}`, {
        param: this.name(key),
      });
    }
    return choice;
  }

  integer(key: string): number | null {
    const text = this.text(key);
    if (text === null) return null;
    if (!/^-?\d{1,15}$/.test(text)) {
      throw new ApiError(`Invalid integer: ${text}`, {
        code: 'parameter_invalid_integer',
        param: this.name(key),
      });
    }
    return Number(text);
  }

  requiredInteger(key: string): number {
    return this.integer(key) ?? this.#missing(key);
  }

  url(key: string): string | null {
    const text = this.text(key);
    if (text === null) return null;
    if (!/^https?:\/\//.test(text) || !URL.canParse(text)) {
      throw new ApiError('Not a valid URL', { code: 'url_invalid', param: this.name(key) });
    }
    return text;
  }

  /** Up to 50 pairs, keys to 40 characters, values to 500. */
  metadata(key = 'metadata'): Record<string, string> {
    const entries = Object.entries(this.#object(key) ?? {});
    const bad = entries.find(
      ([name, value]) => name.length > 40 || typeof value !== 'string' || value.length > 500,
    );
    if (bad || entries.length > 50) {
      throw new ApiError(
        'Metadata takes up to 50 keys, with names up to 40 and text values up to 500 characters',
        { param: bad ? this.name(key, bad[0]) : this.name(key) },
      );
    }
    return Object.fromEntries(entries.filter(([, value]) => value !== '')) as Record<
      string,
      string
    >;
  }

  nested(key: string): Params | null {
    const form = this.#object(key);
    return form === undefined ? null : this.#child(form, key);
  }

  /** The objects of a list, `line_items[0][…]`, in order. */
  list(key: string): Params[] {
    return Object.entries(this.#object(key) ?? {}).map(([index, node]) => {
      if (typeof node === 'string')
        throw new ApiError('Invalid object', { param: this.name(key, index) });
      return this.#child(node, key, index);
    });
  }

  /** The texts of a list, `expand[0]=…`, in order. */
  texts(key: string): string[] {
    return Object.values(this.#object(key) ?? {}).map((node) => {
      if (typeof node !== 'string') throw new ApiError('Invalid string', { param: this.name(key) });
      return node;
    });
  }

  /** @throws ApiError `parameter_unknown` for the first parameter that nothing has read. */
  rejectUnread(): void {
    const unread = Object.keys(this.#form).find((key) => !this.#read.has(key));
    if (unread !== undefined) {
      throw new ApiError(`Received unknown parameter: ${this.name(unread)}`, {
        code: 'parameter_unknown',
        param: this.name(unread),
      });
    }
    for (const child of this.#children) child.rejectUnread();
  }

  #node(key: string): FormNode | undefined {
    this.#read.add(key);
    return this.#form[key];
  }

  #object(key: string): FormObject | undefined {
    const node = this.#node(key);
    if (node === undefined || node === '') return undefined;
    if (typeof node === 'string') throw new ApiError('Invalid object', { param: this.name(key) });
    return node;
  }

  #child(form: FormObject, ...keys: readonly string[]): Params {
    const child = new Params(form, this.name(...keys));
    this.#children.push(child);
    return child;
  }

  #missing(key: string): never {
    throw new ApiError(`Missing required param: ${this.name(key)}.`, {
      code: 'parameter_missing',
      param: this.name(key),
    });
  }
}
