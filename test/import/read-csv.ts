/** Reads CSV by the book (RFC 4180), apart from the shop's own reader: one object for each record. */
export function readCsv(text: string): Record<string, string>[] {
  const records: string[][] = [[]];
  let cell = '';
  let quoted = false;
  const endCell = () => {
    records.at(-1)?.push(cell);
    cell = '';
  };
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index] ?? '';
    if (quoted && char === '"' && text[index + 1] === '"') {
      cell += '"';
      index += 1;
    } else if (char === '"') quoted = !quoted;
    else if (quoted) cell += char;
    else if (char === ',') endCell();
    else if (char === '\n') {
      endCell();
      records.push([]);
    } else if (char !== '\r') cell += char;
  }
  endCell();
  const [header = [], ...rows] = records.filter((record) => record.some((value) => value !== ''));
  return rows.map((row) =>
    Object.fromEntries(header.map((name, index) => [name, row[index] ?? ''])),
  );
}
