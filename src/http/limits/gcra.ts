/** At most `limit` requests at once, refilled evenly so that `limit` come back in each period. */
export interface Rate {
  readonly limit: number;
  readonly periodSeconds: number;
}

/** What a limit said of one request. */
export interface Verdict {
  readonly allowed: boolean;
  /** Requests that would be allowed right now, after this one. */
  readonly remaining: number;
  /** Seconds until the whole limit is there again; of a refused request, until the next one is allowed. */
  readonly seconds: number;
}

/** Who says whether a request is within its rate. */
export interface Limits {
  take(key: string, rate: Rate): Verdict | Promise<Verdict>;
}

/** Microseconds from one token to the next; whole, so that this process and Redis reckon alike. */
export function paceOf({ limit, periodSeconds }: Rate): number {
  return Math.floor((periodSeconds * 1e6) / limit);
}

/** What a bucket says whose next token, after the decision, is due `ahead` microseconds later than now. */
export function verdictOf(allowed: boolean, ahead: number, rate: Rate): Verdict {
  const pace = paceOf(rate);
  const period = rate.periodSeconds * 1e6;
  return {
    allowed,
    remaining: Math.max(0, Math.floor((period - ahead) / pace)),
    seconds: Math.max(1, Math.ceil((allowed ? ahead : ahead + pace - period) / 1e6)),
  };
}
