/** One of a list, at random. */
export function some<T>(list: readonly T[]): T {
  return list[Math.floor(Math.random() * list.length)] as T;
}
