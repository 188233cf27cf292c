/** How a run of the program ends, as its exit code. */
export const EXIT = {
  /** The release has all of the traffic, and the one before is stopped. */
  released: 0,
  /** The release before has all of the traffic, and the new one is stopped. */
  undone: 1,
  /** Nothing was done. */
  notBegun: 2,
  /** It stands in between; the message says how, and running it again goes on from there. */
  between: 3,
} as const;

/** A reason for which nothing was done. */
export class CannotBegin extends Error {}

/** A reason for which the new release is taken back. */
export class Refused extends Error {}
