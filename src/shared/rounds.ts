/**
 * One reading for all who ask at the same time. Each gets one that began after they asked: those who ask while one is
 * under way share the next, so that there is never more than one, however many ask.
 */
export function inRounds<T>(read: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | null = null;
  let next: Promise<T> | null = null;

  function begin(): Promise<T> {
    next = null;
    const round = read().finally(() => {
      if (running === round) running = null;
    });
    running = round;
    return round;
  }

  return () => {
    if (running === null) return begin();
    next ??= running.then(begin, begin);
    return next;
  };
}

/** Fails, as a connection that says nothing does, where work takes longer than it may; the work itself goes on. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const error = new Error(`no answer within ${Math.round(ms)} ms`);
    timer = setTimeout(() => reject(Object.assign(error, { code: 'ETIMEDOUT' })), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
