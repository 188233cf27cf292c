// As in text, in JSON and in HTML.
const QUOTE = '(?:\\\\?"|&quot;|&#34;)';
const NEW_LINE = '(?:\\n|\\\\n)';

/** What a failure may leave in an answer and a stranger must never read. */
const INNARDS: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['a stack', new RegExp(`${NEW_LINE}\\s*at [^\\n]{1,200}:\\d+:\\d+\\)?`)],
  ['a path of the code', /node_modules\/|\/src\/[\w/.-]+\.ts\b/],
  ['SQL', new RegExp(`\\b(?:select|insert into|update|delete from) ${QUOTE}\\w+${QUOTE}`, 'i')],
  [
    'PostgreSQL’s own words',
    new RegExp(
      [
        'syntax error at or near',
        'violates [\\w-]+ (?:\\w+ )?constraint',
        'invalid input syntax for',
        `(?:relation|column|function) ${QUOTE}?[\\w.]+${QUOTE}? does not exist`,
        'current transaction is aborted',
        'invalid byte sequence for encoding',
        'is out of range for type',
        'SQLSTATE',
      ].join('|'),
      'i',
    ),
  ],
];

/** Names what of the shop’s insides a body shows: a stack, SQL, a database’s message. Null where nothing is. */
export function innardsIn(body: string): string | null {
  for (const [what, pattern] of INNARDS) {
    const found = pattern.exec(body);
    if (found) return `the body shows ${what}: ${found[0]}`;
  }
  return null;
}
