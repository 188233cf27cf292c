/** How long the shop keeps what it needs for a while only, in days. Sweeps delete what is older, once an hour. */
export const KEPT_DAYS = {
  /** Sessions and mailed links after their end, to tell what happened. */
  endedSessions: 7,
  /** Guests' carts since they were last touched. */
  guestCarts: 30,
  /** What was done for orders, for those who look for a failure. */
  activity: 30,
  /** Deliveries to merchants' endpoints after they ended. */
  deliveries: 30,
  /** Reports of imports after their end. */
  imports: 30,
  /** Who saw which variant of an experiment, after its end. */
  exposures: 180,
  /** Stripe's events as they came; after that only what the books need is left of them. */
  stripeEvents: 90,
} as const;
