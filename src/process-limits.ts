/** What a process takes at most, of time to stop and of connections; deploy/ counts on it. */

/** How long readiness says 503 before connections are refused, in production: a load balancer needs a few probes to turn away. */
export const PRODUCTION_GRACE_MS = 5_000;

/** How long what is under way is then waited for. */
export const FINISH_WITHIN_MS = 20_000;

/** How long of that jobs wait for answers of others: what is given up then is asked again by another process. */
export const GIVE_UP_WITHIN_MS = 10_000;

/** Connections where nothing else is configured: ten for the work, of which two listen where only jobs run. */
export const POOL_MAX = { all: 12, web: 10, worker: 10 } as const;
