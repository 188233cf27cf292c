import { PASSWORD_LENGTH } from './identity.model.ts';

let list: Promise<ReadonlySet<string>> | undefined;

/** Whether a password, in whatever letter case, is among the 18,000 most used ones that are long enough to be taken. */
export async function isCommonPassword(password: string): Promise<boolean> {
  list ??= load();
  return (await list).has(password.toLowerCase());
}

/** Read when it is first asked for: it is a megabyte that not every process needs. */
async function load(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  const passwords = dictionary['passwords-common'].map((password) =>
    String(password).toLowerCase(),
  );
  return new Set(passwords.filter(({ length }) => length >= PASSWORD_LENGTH.minimum));
}
