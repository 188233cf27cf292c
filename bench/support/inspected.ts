import { once } from 'node:events';

/** Reaches a process that listens for its inspector (`--inspect`). */
export async function inspect(port: number): Promise<{
  /** Bytes that its heap holds once everything is let go of that can be. */
  heapAfterCollection(): Promise<number>;
  close(): void;
}> {
  const listed = await fetch(`http://127.0.0.1:${port}/json/list`);
  const [target] = (await listed.json()) as { webSocketDebuggerUrl: string }[];
  const socket = new WebSocket(target?.webSocketDebuggerUrl ?? '');
  await once(socket, 'open');
  const waiting = new Map<number, (result: { result?: { value: number } }) => void>();
  socket.addEventListener('message', ({ data }) => {
    const { id, result } = JSON.parse(String(data));
    waiting.get(id)?.(result);
    waiting.delete(id);
  });
  let last = 0;
  const ask = (method: string, params = {}) => {
    last += 1;
    const { promise, resolve } = Promise.withResolvers<{ result?: { value: number } }>();
    waiting.set(last, resolve);
    socket.send(JSON.stringify({ id: last, method, params }));
    return promise;
  };
  return {
    async heapAfterCollection() {
      // What is freed by the first may free more.
      for (let rounds = 0; rounds < 2; rounds += 1) await ask('HeapProfiler.collectGarbage');
      const { result } = await ask('Runtime.evaluate', {
        expression: 'process.memoryUsage().heapUsed',
      });
      return result?.value ?? Number.NaN;
    },
    close: () => socket.close(),
  };
}
