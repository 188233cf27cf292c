import { hash } from 'node:crypto';
import type { Shown } from '../../database/changes.ts';
import type { RouteClass } from '../limits/route-classes.ts';
import { createMemory, type Memory } from './memory.ts';

/** The route that gave an answer: how it is limited and measured. */
export interface AnsweringRoute {
  readonly template: string;
  /** Of the address, without its query. */
  readonly path: string;
  readonly routeClass: RouteClass;
}

/** A body that was loaded, and what it shows. */
export interface Loaded {
  readonly body: string;
  readonly shown: Shown;
  readonly route: AnsweringRoute;
}

/** An answer in one encoding, as it goes over the wire. */
export interface Form {
  readonly body: Buffer;
  /** The same in latin1, a character for each byte, where it is small. */
  readonly text: string | null;
  /** Strong: each encoding has its own (RFC 9110, 8.8.3). */
  readonly etag: string;
  /** Names and values in turn of what every answer with it bears; null until the first one was sent. */
  headers: readonly string[] | null;
}

export interface Answer {
  readonly plain: Form;
  readonly shown: Shown;
  readonly route: AnsweringRoute;
  /** The encodings that were asked for. */
  readonly encoded: Map<string, Form>;
}

/** Answers by their addresses. */
export interface AnswerCache extends Omit<Memory<Answer>, 'getOrLoad'> {
  /** The answer, loaded where there is none: once for all who ask meanwhile. @throws what `load` throws */
  getOrLoad(address: string, load: () => Promise<Loaded>): Promise<Answer>;
}

/** The answers of some thousand addresses. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Answers that processes share. */
export interface SharedAnswers {
  /** What any process has loaded, or else the outcome of `load`, which is kept for the others. */
  getOrLoad(address: string, load: () => Promise<Loaded>): Promise<Shared>;
}

/** An answer, and for how many milliseconds more it may be kept where another process has loaded it. */
export interface Shared {
  readonly loaded: Loaded;
  readonly leftMs?: number;
}

const NOT_SHARED: SharedAnswers = {
  getOrLoad: async (_address, load) => ({ loaded: await load() }),
};

/** Answers of this process that are the same for everybody, as `createMemory` keeps them. */
export function createAnswerCache({
  maxBytes = MAX_BYTES,
  shared = NOT_SHARED,
}: {
  maxBytes?: number;
  shared?: SharedAnswers;
} = {}): AnswerCache {
  const memory = createMemory<Answer>({ maxBytes, sizeOf });
  return {
    ...memory,
    getOrLoad: (address, load) =>
      memory.getOrLoad(address, async () => {
        const { loaded, leftMs } = await shared.getOrLoad(address, load);
        return { kept: toAnswer(loaded), leftMs };
      }),
  };
}

function sizeOf({ plain }: Answer): number {
  return (plain.text === null ? 2 : 4) * plain.body.length;
}

function toAnswer({ body, ...loaded }: Loaded): Answer {
  return { ...loaded, plain: toForm(Buffer.from(body)), encoded: new Map() };
}

/** Node writes headers and a text in one piece, headers and bytes in two: of small bodies a text is the cheaper by a tenth. */
const SENT_AS_TEXT_BYTES = 4 * 1024;

/** A body as it goes over the wire, under a tag of its own. */
export function toForm(body: Buffer): Form {
  const text = body.length > SENT_AS_TEXT_BYTES ? null : body.toString('latin1');
  return { body, text, etag: `"${hash('sha256', body, 'base64url').slice(0, 22)}"`, headers: null };
}
