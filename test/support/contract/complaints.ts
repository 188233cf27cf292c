const complaints = new Set<string>();

/** Keeps what is wrong with a response until the test that it came in ends. */
export function complain(complaint: string): void {
  complaints.add(complaint);
}

/** @throws Error with everything that was wrong since the last time. */
export function failOnComplaints(): void {
  if (complaints.size === 0) return;
  const found = [...complaints].join('\n');
  complaints.clear();
  throw new Error(`responses are not as the OpenAPI document says:\n${found}`);
}
