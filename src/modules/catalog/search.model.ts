/** Two words with one letter changed, added, left out or swapped with its neighbour are at distance 1 (Damerau). */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      const cost = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(swapped ? Math.min(cost, at(beforeLast, j - 2) + 1) : cost);
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

const at = (row: readonly number[], index: number): number =>
  row[index] ?? Number.POSITIVE_INFINITY;

/** What a mistyped word may have meant: the nearest of the candidates, within one slip for every four letters. */
export function corrections(word: string, candidates: readonly string[]): string[] {
  const allowed = word.length < 6 ? 1 : word.length < 10 ? 2 : 3;
  const near = candidates
    .map((candidate) => ({ candidate, distance: editDistance(word, candidate) }))
    .filter(({ distance }) => distance <= allowed);
  const best = Math.min(...near.map(({ distance }) => distance));
  return near.filter(({ distance }) => distance === best).map(({ candidate }) => candidate);
}

/** A text search query: every word must be met, begun by it or by one of its corrections. */
export function searchQuery(
  words: readonly { readonly word: string; readonly meant: readonly string[] }[],
): string {
  return words
    .map(({ word, meant }) => `(${[word, ...meant].map((term) => `${quote(term)}:*`).join(' | ')})`)
    .join(' & ');
}

const quote = (term: string): string => `'${term.replace(/['\\]/g, '$&$&')}'`;
