import type { Log } from '../ports.ts';

/** A log for tests that keeps what was said instead of printing it. */
export const createSilentLog = (): Log & { readonly lines: readonly string[] } => {
  const lines: string[] = [];
  const keep =
    (level: string): Log['info'] =>
    (event, fields) =>
      void lines.push(`${level} ${event} ${JSON.stringify(fields ?? {})}`);
  return {
    debug: keep('debug'),
    info: keep('info'),
    warn: keep('warn'),
    error: keep('error'),
    lines,
  };
};
