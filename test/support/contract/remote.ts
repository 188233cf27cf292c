import { complain } from './complaints.ts';
import { createContract, type Exchange } from './contract.ts';
import type { Document } from './document.ts';

let judge: ((exchange: Exchange) => string | null) | undefined;

/** Judges an answer of a shop in a process of its own, by the document that it serves; once for all of them. */
export async function judgeAnswer(origin: string, exchange: Exchange): Promise<void> {
  judge ??= await contractOf(origin);
  const complaint = judge?.(exchange);
  if (complaint) complain(complaint);
}

/** Nothing while the process does not answer, which tests of its end provoke. */
async function contractOf(origin: string) {
  const document: unknown = await fetch(`${origin}/api-docs/json`).then(
    (response) => (response.ok ? response.json() : null),
    () => null,
  );
  return document ? createContract(document as Document) : undefined;
}
