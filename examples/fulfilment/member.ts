/** A message of the broker. */
export interface Message {
  /** Where it stands there: the same at each delivery. */
  readonly place: string;
  readonly text: string;
  /** Tells the broker that work goes on, where it would otherwise give the message to another member. */
  stillAtWork(): void;
}

/** Returns once nothing of the message is left to do; throws where it must be delivered again. */
export type Handle = (message: Message) => Promise<void>;

/** One of the programs that share a group's messages: reads until told to stop, and confirms what was handled. */
export type Member = (handle: Handle, signal: AbortSignal) => Promise<void>;
