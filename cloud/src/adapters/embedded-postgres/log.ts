import type { Log } from '../../ports.ts';

type Level = keyof Log;

/**
 * PostgreSQL's severity → our level. A failed statement (ERROR) is told to the client that sent it,
 * who handles and logs it; the usual lines of start and stop (LOG) help developers only.
 */
const levels: Readonly<Record<string, Level>> = {
  LOG: 'debug',
  ERROR: 'debug',
  WARNING: 'warn',
  FATAL: 'warn',
  PANIC: 'error',
};

/** Said to clients that come too early or too late, our own readiness question among them. */
const passing =
  /the database system is (?:starting up|shutting down|not yet accepting connections)/;

/** Writes one line of PostgreSQL's log where it belongs. */
export function logServerLine(log: Log, line: string): void {
  const [, severity = '', text = line] = /^([A-Z]+): {2}(.*)$/.exec(line) ?? [];
  const level = passing.test(text) ? 'debug' : (levels[severity] ?? 'debug');
  log[level]('postgres.said', { severity, text });
}
