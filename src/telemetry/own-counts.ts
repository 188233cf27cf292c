/** What telemetry itself did, counted from before there is a registry of metrics. */
export const ownCounts = { spansSent: 0, spansLost: 0, linesDropped: 0 };
