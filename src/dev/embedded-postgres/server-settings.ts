const SMALL_MACHINE: Record<string, string> = {
  max_connections: '100',
  shared_buffers: '128MB',
  max_wal_size: '512MB',
  io_method: 'sync',
  // Of memory and solid-state disks. With the default a table of a few pages is read whole, also by plans that are
  // kept while it grows: those of foreign keys.
  random_page_cost: '1.1',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  log_line_prefix: '%m [%p] ',
  log_checkpoints: 'off',
  // Statements may carry personal data, which belongs in no log.
  log_min_error_statement: 'panic',
};

/** The command line of postgres: loopback TCP only; the caller's settings win over the defaults. */
export function serverArguments(
  folder: string,
  port: number,
  settings: Record<string, string>,
): string[] {
  const place = { listen_addresses: '127.0.0.1', port: String(port), unix_socket_directories: '' };
  const all = Object.entries({ ...SMALL_MACHINE, ...settings, ...place });
  return ['-D', folder, ...all.flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}
