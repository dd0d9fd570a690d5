import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { parsePass, reasons, sameAttemptMaxMs } from '@gatehouse/protocols';
import Value from 'typebox/value';
import { vi } from 'vitest';
import { createPhone } from './phone.ts';
import type { Phone } from './phone.ts';
import { Plan } from './plan.ts';

/** Other programs use the machine too: what is waited for comes, though perhaps late. */
export const inTime = { timeout: 60_000, interval: 100 };

export type Row = Readonly<Record<string, unknown>>;

/** What somebody reads on a scanner after holding a code before it. */
export type Face = { readonly lamp: unknown; readonly tone: unknown; readonly text: unknown };

export type Control = (path: string, body?: unknown) => Promise<Row>;

const run = promisify(execFile);
const answerBytesMax = 16 * 1024 * 1024;

/** One statement to the embedded database by `psql`, which shares no code with the cloud. */
export const runSql = async (
  psql: string,
  dataDir: string,
  { as, sql }: { readonly as: 'gatehouse' | 'postgres'; readonly sql: string },
): Promise<string> => {
  const folder = join(dataDir, 'cloud', 'postgres');
  const pointer = join(folder, 'pgdata.location');
  const root = existsSync(pointer) ? readFileSync(pointer, 'utf8').trim() : folder;
  const login = ['-h', join(root, 'pg-socket'), '-U', as, 'gatehouse'];
  const { stdout } = await run(psql, ['-X', '-A', '-t', '-c', sql, ...login], {
    maxBuffer: answerBytesMax,
  });
  return stdout;
};

/** Questions to it; rows as JSON has them. */
export const askDatabase =
  (psql: string, dataDir: string): ((query: string) => Promise<readonly Row[]>) =>
  async (query) => {
    const sql = `select coalesce(json_agg(asked), '[]') from (${query}) asked`;
    // What json_agg gives.
    return JSON.parse(await runSql(psql, dataDir, { as: 'gatehouse', sql })) as readonly Row[];
  };

export const planOf = (text: string): Plan => {
  const plan: unknown = JSON.parse(text);
  if (!Value.Check(Plan, plan)) throw new Error('the plan has another form');
  return plan;
};

export const readPlan = async (dataDir: string): Promise<Plan> => {
  const name = (await readdir(dataDir)).find((file) => file.startsWith('plan-'));
  return planOf(await readFile(join(dataDir, name ?? 'plan'), 'utf8'));
};

export type Process = { readonly pid: number; readonly command: string };

/** Processes that name the folder on their command line or stand in it, the database's too. */
export const processesOf = async (dataDir: string): Promise<readonly Process[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      const stands = await readlink(`/proc/${pid}/cwd`).catch(() => '');
      // A process that is over and not yet reaped has no command line.
      const isOurs = command !== '' && (command.includes(dataDir) || stands.startsWith(dataDir));
      return isOurs ? [{ pid: Number(pid), command: command.replaceAll('\0', ' ') }] : [];
    }),
  );
  return found.flat();
};

/** @param config `cloud.yaml`, `sim.yaml` or the file of a gateway */
export const pidOf = async (dataDir: string, config: string): Promise<number> => {
  const file = join(dataDir, 'config', config);
  const all = await processesOf(dataDir);
  const own = all.find(({ command }) => command.includes(`--config ${file}`));
  if (own === undefined) throw new Error(`${config} does not run`);
  return own.pid;
};

export const residentBytes = async (pid: number): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) * 1024;
};

/** Phones of teachers and staff, whom a rule lets through the gates at all hours. */
export const staffPhones = (plan: Plan): readonly Phone[] =>
  plan.walkers
    .filter(({ doors }) => doors.includes('lab-hall-1') && !doors.includes('north-reading'))
    .map((walker) => createPhone({ campus: plan.campus, ...walker, nowMs: Date.now }));

/** As far ahead as a phone's clock may be: such a code was made after the fence of a restart. */
export const aheadMs = -29_000;

export type Shown = Face & {
  readonly reader: string;
  readonly credential: string;
  readonly counter: number;
  /** Of the row that must be stored; undefined where it may be missing. */
  readonly reason: string | undefined;
};

/**
 * Everything that was held before a scanner, so that in the end all of it can be looked for in the
 * database: what a reader showed stands there once, under the reason that it showed.
 */
export type Ledger = {
  /** @param opensAs the reason of a green lamp; `granted` if left out */
  readonly hold: (reader: string, text: string, opensAs?: string) => Promise<Shown>;
  readonly shown: readonly Shown[];
  /** Resolves when every row is there exactly as often as it was shown. */
  readonly settled: () => Promise<void>;
};

const reasonsByText = new Map<unknown, string>(
  Object.entries(reasons).map(([reason, { display }]) => [display.zh, reason]),
);
/** What is shown where nothing could be written. */
const withoutRow: ReadonlySet<unknown> = new Set([reasons.journal_failed.display.zh]);
/** A whole pass that came as two halves: its gateway had no processor for half a second. */
const torn = reasons.not_a_pass.display.zh;
const tornMax = 3;

const reasonOf = ({ lamp, text }: Face, opensAs: string): string | undefined => {
  if (withoutRow.has(text) || text === torn) return undefined;
  return lamp === 'green' ? opensAs : reasonsByText.get(text);
};

type Key = Pick<Shown, 'credential' | 'counter' | 'reader'>;
const keyOf = ({ credential, counter, reader }: Key): string =>
  `${credential} ${counter} ${reader}`;

/** What is wrong between what was shown and what is stored; empty where nothing is. */
const differences = (shown: readonly Shown[], rows: readonly Row[]): readonly string[] => {
  const stored = Map.groupBy(rows, (row) =>
    keyOf({
      credential: String(row['credential']),
      counter: Number(row['counter']),
      reader: String(row['reader']),
    }),
  );
  return [...Map.groupBy(shown, keyOf)].flatMap(([key, mine]) => {
    const told = mine.flatMap(({ reason }) => reason ?? []).toSorted();
    const held = (stored.get(key) ?? []).map(({ reason }) => String(reason)).toSorted();
    // Held before a reader that fell silent: decided or not, but never twice.
    const mayBe = mine.length - told.length;
    const isTold = told.every((reason) => held.includes(reason));
    const isRight = isTold && held.length >= told.length && held.length <= told.length + mayBe;
    return isRight ? [] : [`${key}: shown ${told.join()}, stored ${held.join()}`];
  });
};

/** A door stands open to a phone for so long: another code of it is the same attempt until then. */
const attemptMs = sameAttemptMaxMs + 200;

/** Waits until a phone that was let in somewhere counts as coming anew. */
const createTurns = () => {
  const opened = new Map<string, number>();
  const place = (reader: string, credential: string): string => `${reader} ${credential}`;
  return {
    come: async (reader: string, credential: string): Promise<void> => {
      const since = performance.now() - (opened.get(place(reader, credential)) ?? -Infinity);
      if (since < attemptMs) await sleep(attemptMs - since);
    },
    opened: (reader: string, credential: string): void => {
      opened.set(place(reader, credential), performance.now());
    },
  };
};

export const createLedger = (options: {
  readonly control: () => Control;
  readonly ask: (query: string) => Promise<readonly Row[]>;
}): Ledger => {
  const shown: Shown[] = [];
  const turns = createTurns();
  const everything = `select data->>'credential' as credential, data->>'counter' as counter,
    device as reader, data->>'reason' as reason from event
    where kind in ('access.granted', 'access.denied') and data ? 'counter'`;
  return {
    shown,
    hold: async (reader, text, opensAs = 'granted') => {
      const parsed = parsePass(text);
      const { credential, counter } = parsed.ok ? parsed.pass : { credential: '', counter: 0 };
      if (parsed.ok) await turns.come(reader, credential);
      const {
        lamp,
        tone,
        text: display,
      } = await options
        .control()(`/devices/${reader}/present`, { text })
        .catch((): Row => ({}));
      if (parsed.ok && lamp === 'green') turns.opened(reader, credential);
      const face = { lamp, tone, text: display };
      const one = { ...face, reader, credential, counter, reason: reasonOf(face, opensAs) };
      if (parsed.ok) shown.push(one);
      return one;
    },
    settled: () =>
      vi.waitFor(async () => {
        const halves = shown.filter(({ text }) => text === torn).length;
        if (halves > tornMax) throw new Error(`${halves} passes were read as something else`);
        const wrong = differences(shown, await options.ask(everything));
        if (wrong.length > 0) throw new Error(wrong.slice(0, 5).join('\n'));
      }, inTime),
  };
};
