/** The servers that an address of a database names, one of which is the primary. */
export interface DatabaseServers {
  /** An address for each, in their order. */
  readonly urls: readonly string[];
  /** Whether only one that takes writes will do: where several are named, or it is asked for. */
  readonly writes: boolean;
}

const ATTRIBUTES = /([?&])target_session_attrs=([^&#]*)(&?)/;

/**
 * Reads an address in libpq's form, postgres://user:password@a:5432,b:5432/name?target_session_attrs=read-write, which
 * `pg` does not know. A password may hold no comma or @ that is not percent-encoded.
 */
export function serversOf(url: string): DatabaseServers {
  const asked = sessionAttributes(url);
  // What is left of the query keeps its question mark: a=1&target_session_attrs=…&b=2.
  const plain = url.replace(ATTRIBUTES, (_all, before, _value, after) => (after ? before : ''));
  const [, beginning = '', hosts = '', rest = ''] =
    /^(\w+:\/\/(?:[^@/?#]*@)?)([^/?#]*)(.*)$/.exec(plain) ?? [];
  const urls = hosts.split(',').map((host) => `${beginning}${host}${rest}`);
  const several = urls.length > 1;
  return { urls: several ? urls : [plain], writes: several || asked !== null };
}

/** What is wrong with an address, in words that do not repeat it, or null. */
export function serversProblem(url: string): string | null {
  const { urls } = serversOf(url);
  if (!urls.every((one) => URL.canParse(one) && /^postgres(ql)?:/.test(one)))
    return 'a URL beginning with postgres:// or postgresql:// is needed';
  const asked = sessionAttributes(url);
  return asked === null || asked === 'read-write' || asked === 'primary'
    ? null
    : 'target_session_attrs is read-write or primary, as the shop writes';
}

function sessionAttributes(url: string): string | null {
  return ATTRIBUTES.exec(url)?.[2] ?? null;
}
