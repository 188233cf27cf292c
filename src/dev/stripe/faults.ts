import type { Static } from 'typebox';
import { Type } from 'typebox';

const Switch = Type.Union([Type.Boolean(), Type.Null()]);
const Count = Type.Union([Type.Integer({ minimum: 0, maximum: 1_000_000 }), Type.Null()]);
const Milliseconds = Type.Union([Type.Integer({ minimum: 0, maximum: 600_000 }), Type.Null()]);

/** What `POST /_test/faults` takes; README.md says what each does. */
export const FaultSettings = Type.Object(
  {
    clear: Type.Optional(Type.Boolean()),
    times: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
    match: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    status: Type.Optional(Type.Union([Type.Literal(500), Type.Literal(429), Type.Literal(409)])),
    latencyMs: Type.Optional(Milliseconds),
    failNext: Type.Optional(Count),
    failRate: Type.Optional(Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()])),
    timeoutAfterWork: Type.Optional(Type.Union([Switch, Type.Literal('drop')])),
    down: Type.Optional(Switch),
    duplicate: Type.Optional(Count),
    reorder: Type.Optional(Type.Union([Switch, Type.Integer({ minimum: 1, maximum: 600_000 })])),
    delayMs: Type.Optional(Milliseconds),
    drop: Type.Optional(Count),
    badSignature: Type.Optional(Switch),
    wrongAmount: Type.Optional(Type.Union([Switch, Type.Integer({ minimum: 0 })])),
  },
  { additionalProperties: false },
);
export type FaultSettings = Static<typeof FaultSettings>;

const FAULT_NAMES = [
  'latencyMs',
  'failNext',
  'failRate',
  'timeoutAfterWork',
  'down',
  'duplicate',
  'reorder',
  'delayMs',
  'drop',
  'badSignature',
  'wrongAmount',
] as const;
type FaultName = (typeof FAULT_NAMES)[number];

/** A misbehaviour that is switched on. */
interface ActiveFault {
  readonly value: number | true | 'drop';
  /** How often it will still strike; null: until it is cleared. */
  readonly timesLeft: number | null;
  /** Strikes only where the request line or event type has this text; null: everywhere. */
  readonly match: string | null;
  /** The status that `failNext` and `failRate` answer with. */
  readonly status: 500 | 429 | 409;
}

/** The misbehaviours of one stand-in. Held in memory alone: a restart clears them. */
export class Faults {
  readonly #active = new Map<FaultName, ActiveFault>();

  /** Sets the faults named; `null`, `false` and 0 clear one, `clear` all that were there before. */
  set(settings: FaultSettings): void {
    if (settings.clear) this.#active.clear();
    for (const name of FAULT_NAMES) {
      const value = settings[name];
      if (value === undefined) continue;
      if (value === null || value === false || value === 0) this.#active.delete(name);
      else this.#active.set(name, activeFault(name, value, settings));
    }
  }

  /** All that are switched on, by name. */
  active(): Partial<Record<FaultName, ActiveFault>> {
    return Object.fromEntries(this.#active);
  }

  /**
   * Asks whether a fault strikes now, and counts it where it does.
   * @param subject the request line (`POST /v1/refunds`) or the event type.
   */
  strike(name: FaultName, subject: string): ActiveFault | null {
    const fault = this.#active.get(name);
    if (fault === undefined) return null;
    if (fault.match !== null && !subject.includes(fault.match)) return null;
    if (name === 'failRate' && Math.random() >= Number(fault.value)) return null;
    if (fault.timesLeft === 1) this.#active.delete(name);
    else if (fault.timesLeft !== null) {
      this.#active.set(name, { ...fault, timesLeft: fault.timesLeft - 1 });
    }
    return fault;
  }
}

// `failNext` and `drop` count by themselves: their number is how often they strike.
function activeFault(
  name: FaultName,
  value: number | true | 'drop',
  settings: FaultSettings,
): ActiveFault {
  const counts = name === 'failNext' || name === 'drop';
  return {
    value,
    timesLeft: counts ? Number(value) : (settings.times ?? null),
    match: settings.match ?? null,
    status: settings.status ?? 500,
  };
}
