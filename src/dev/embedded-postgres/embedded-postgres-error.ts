/** Why the embedded PostgreSQL could not be used; the message is for people and says what to do. */
export class EmbeddedPostgresError extends Error {
  override name = 'EmbeddedPostgresError';
}
