import { spawn, type ChildProcess } from 'node:child_process';

/** The operating system user a program runs as; null = as ourselves. */
export type Identity = { readonly uid: number; readonly gid: number } | null;

export type Command = {
  readonly file: string;
  readonly args: readonly string[];
  readonly identity: Identity;
};

export type Ended = { readonly ok: boolean; readonly output: string };

/** A program under the watchdog. It ends at the latest some seconds after our own process did. */
export type Guarded = {
  /** Resolves when the program has ended, never rejects; `output` = its last lines. */
  readonly ended: Promise<Ended>;
  /** Asks the program to end, with growing force; `ended` tells when it has. */
  readonly end: () => void;
};

const outputLinesMax = 20;
const lineCharsMax = 1_000;
const lastLinesWaitMs = 300;
const probeTimeoutMs = 10_000;

/**
 * Our process holds the other end of stdin. However our process ends, kill -9 included, the kernel
 * closes it, `read` returns, and the program is stopped: SIGINT (PostgreSQL: fast shutdown), after
 * 20 s SIGQUIT, after 5 more SIGKILL. The shell runs in a session of its own, so that Ctrl-C on the
 * terminal reaches only us and we decide the order; it ignores signals sent to the whole service
 * (systemd), so that it outlives the program and reaps it.
 */
const script = `
trap '' HUP INT QUIT TERM
exec 3<&0
"$@" 3<&- </dev/null &
program=$!
(
  read -r closed
  signal() { kill -"$1" "$program" || exit 0; }
  patience() { n=0; while [ $n -lt "$1" ]; do sleep 1; signal 0; n=$((n+1)); done; }
  signal INT; patience 20; signal QUIT; patience 5; signal KILL
) <&3 >/dev/null 2>&1 &
watcher=$!
exec 3<&- </dev/null
wait "$program"
status=$?
kill -KILL "$watcher"
exit $status
`;

/**
 * Runs a program under the watchdog; `onLine` gets each line of its output, cut to 1000 characters.
 */
export function runGuarded(command: Command, onLine: (line: string) => void): Guarded {
  const args = ['-c', script, 'gatehouse-watchdog', command.file, ...command.args];
  const child = spawn('/bin/sh', args, {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    ...surroundings(command.identity),
  });
  // The pipe breaks when the watchdog dies first; `ended` reports that.
  child.stdin.on('error', () => undefined);
  return { ended: endOf(child, onLine), end: () => child.stdin.end() };
}

/** Runs a short program to its end (10 s at most). */
export function runBriefly(command: Command): Promise<Ended> {
  const child = spawn(command.file, [...command.args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: probeTimeoutMs,
    killSignal: 'SIGKILL',
    ...surroundings(command.identity),
  });
  return endOf(child, () => undefined);
}

/**
 * Nothing of our own environment, which may hold secrets or libpq settings, reaches the program.
 */
function surroundings(identity: Identity) {
  return {
    cwd: '/',
    env: { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', TZ: 'UTC' },
    ...(identity === null ? {} : identity),
  };
}

function endOf(child: ChildProcess, onLine: (line: string) => void): Promise<Ended> {
  const last: string[] = [];
  const take = (line: string): void => {
    last.push(line);
    if (last.length > outputLinesMax) last.shift();
    onLine(line);
  };
  if (child.stdout !== null) eachLine(child.stdout, take);
  if (child.stderr !== null) eachLine(child.stderr, take);
  return new Promise((resolve) => {
    const settle = (ok: boolean): void => resolve({ ok, output: last.join('\n') });
    child.once('error', (error) => {
      take(String(error));
      settle(false);
    });
    child.once('exit', (status) => {
      // 'close' waits for all that hold the pipe; orphaned backends may hold it for long.
      const timer = setTimeout(() => settle(status === 0), lastLinesWaitMs);
      child.once('close', () => {
        clearTimeout(timer);
        settle(status === 0);
      });
    });
  });
}

function eachLine(stream: NodeJS.ReadableStream, take: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    // A line that never ends must not grow in memory: what is above the bound is dropped.
    rest = (lines.pop() ?? '').slice(0, lineCharsMax);
    for (const line of lines) if (line !== '') take(line.slice(0, lineCharsMax));
  });
  stream.on('end', () => {
    if (rest !== '') take(rest);
  });
}
