/**
 * Repeats work with a pause between the end of one round and the next; a failed round is told and the next one comes
 * all the same. Stopping waits for the round under way.
 */
export function repeat(
  pauseMs: number,
  work: () => Promise<void>,
  onError: (error: unknown) => void,
): { stop(): Promise<void> } {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let round: Promise<void> = Promise.resolve();
  const next = () => {
    round = work()
      .catch(onError)
      .then(() => {
        if (!stopped) timer = setTimeout(next, pauseMs);
      });
  };
  timer = setTimeout(next, pauseMs);
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await round;
    },
  };
}

/**
 * Repeats work as `repeat` does, and once more when it is stopped: what waited then is done too.
 * @param work is told whether it is the last time.
 */
export function repeatToTheEnd(
  pauseMs: number,
  work: (turn: { last: boolean }) => Promise<void>,
  onError: (error: unknown) => void,
): { stop(): Promise<void> } {
  const rounds = repeat(pauseMs, () => work({ last: false }), onError);
  return {
    async stop() {
      await rounds.stop();
      await work({ last: true }).catch(onError);
    },
  };
}
