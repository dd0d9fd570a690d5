import { createHash } from 'node:crypto';

export type Fields = Readonly<Record<string, unknown>>;

/** Everything that happened, in order. The same seed gives the same bytes. */
export type Trace = {
  readonly add: (what: string, fields?: Fields) => void;
  /** Into the hash alone: what is too much to be read. */
  readonly fine: (text: string) => void;
  readonly lines: () => readonly string[];
  /** SHA-256 of all of it, hex; ends the trace. */
  readonly hash: () => string;
};

/** What the machine words in its own way: errors of the database, process numbers, durations. */
const leftOut: ReadonlySet<string> = new Set(['error', 'why', 'cause', 'detail', 'text']);

export const createTrace = (nowMs: () => number): Trace => {
  const hash = createHash('sha256');
  const lines: string[] = [];
  let ended: string | undefined;
  return {
    add: (what, fields = {}) => {
      const said = Object.entries(fields)
        .filter(([name, value]) => value !== undefined && !leftOut.has(name))
        .map(([name, value]) => ` ${name}=${JSON.stringify(value)}`);
      const line = `${nowMs()} ${what}${said.join('')}`;
      lines.push(line);
      if (ended === undefined) hash.update(`${line}\n`);
    },
    fine: (text) => {
      if (ended === undefined) hash.update(`${nowMs()} ${text}\n`);
    },
    lines: () => lines,
    hash: () => (ended ??= hash.digest('hex')),
  };
};
