/** What is made when it is first asked for, and kept. What fails is tried again by whoever asks next. */
export function atFirstUse<T>(make: () => T): () => T {
  let made: { readonly it: T } | null = null;
  return () => {
    made ??= { it: make() };
    return made.it;
  };
}
