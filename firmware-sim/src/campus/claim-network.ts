import type { ClaimConnection, ClaimPorts, ClaimServer } from '@gatehouse/gateway';
import type { Random } from '../devices/random.ts';
import type { Life } from './life.ts';
import type { Timeline } from './timeline.ts';
import type { Trace } from './trace.ts';

/** The cable between the gateways of a claim group. */
export type ClaimNetwork = {
  readonly ports: (life: Life) => ClaimPorts;
  /** Neither side hears of it at once. */
  readonly cut: (forMs: number) => void;
  /** From now on everything arrives once, and in time. */
  readonly calm: () => void;
};

export type ClaimNetworkOptions = {
  readonly timeline: Timeline;
  readonly random: Random;
  readonly trace: Trace;
};

type Asked = Parameters<ClaimPorts['serve']>[0];
type Served = Asked & { readonly life: Life };
type Line = {
  readonly member: string;
  readonly life: Life;
  readonly served: Served;
  readonly onAnswer: ((payload: Uint8Array) => void)[];
  readonly onClose: ((cause: string) => void)[];
  state: 'open' | 'cut' | 'closed';
};

type Parts = {
  readonly options: ClaimNetworkOptions;
  served: Served | undefined;
  lines: Line[];
  cutUntilMs: number;
  isCalm: boolean;
};

/** A keepalive notices a cut within this time. */
const noticeMsMax = 7_000;
const refusedAfterMs = 300;
/** In a hundred messages; some of the rest come too late for the one who waits. */
const lost = 4;
const doubled = 4;
const slow = 8;
const usualMs = { least: 1, most: 12 } as const;
const slowMs = { least: 35, most: 70 } as const;

export const createClaimNetwork = (options: ClaimNetworkOptions): ClaimNetwork => {
  const { timeline, trace } = options;
  const parts: Parts = { options, served: undefined, lines: [], cutUntilMs: 0, isCalm: false };
  return {
    ports: (life) => {
      life.onEnd(() => onDead(parts, life));
      return {
        serve: (asked) => life.mine(serve(parts, life, asked)),
        connect: (asked) => life.mine(connect(parts, life, asked.member)),
      };
    },
    cut: (forMs) => {
      trace.add('claims cut');
      parts.cutUntilMs = timeline.nowMs() + forMs;
      for (const line of parts.lines) breakOff(parts, line);
    },
    calm: () => {
      parts.isCalm = true;
    },
  };
};

const onDead = (parts: Parts, life: Life): void => {
  if (parts.served?.life === life) parts.served = undefined;
  for (const line of parts.lines.filter(
    (each) => each.life === life || each.served.life === life,
  )) {
    // A reset comes at once, where the way is open.
    parts.options.timeline.after(20, () => close(parts, line, 'reset'));
  }
};

const breakOff = (parts: Parts, line: Line): void => {
  if (line.state !== 'open') return;
  line.state = 'cut';
  const { timeline, random } = parts.options;
  timeline.after(random.below(noticeMsMax), () => close(parts, line, 'keepalive'));
};

const close = (parts: Parts, line: Line, cause: string): void => {
  if (line.state === 'closed') return;
  line.state = 'closed';
  parts.lines = parts.lines.filter((each) => each !== line);
  if (line.life.isOver()) return;
  for (const run of line.onClose) run(cause);
};

const serve = async (parts: Parts, life: Life, asked: Asked): Promise<ClaimServer> => {
  await parts.options.timeline.wait(2);
  const served = { ...asked, life };
  parts.served = served;
  return {
    answer: (member, payload) => {
      for (const line of parts.lines.filter((each) => each.member === member)) {
        carry(parts, line, () => {
          if (line.life.isOver()) return;
          for (const run of line.onAnswer) run(new TextEncoder().encode(payload));
        });
      }
    },
    close: () => {
      if (parts.served === served) parts.served = undefined;
      for (const line of [...parts.lines]) close(parts, line, 'the authority stopped');
      return Promise.resolve();
    },
  };
};

const connect = async (parts: Parts, life: Life, member: string): Promise<ClaimConnection> => {
  const { timeline, trace } = parts.options;
  await timeline.wait(5);
  const { served } = parts;
  const isThere = timeline.nowMs() >= parts.cutUntilMs;
  if (!isThere || served?.members.includes(member) !== true) {
    await timeline.wait(refusedAfterMs);
    throw new Error('no way to the authority');
  }
  const line: Line = { member, life, served, onAnswer: [], onClose: [], state: 'open' };
  parts.lines.push(line);
  trace.add('claims connected', { member });
  return {
    ask: (payload) =>
      carry(parts, line, () => {
        if (served.life.isOver()) return;
        served.onAsk(member, new TextEncoder().encode(payload));
      }),
    onAnswer: (run) => void line.onAnswer.push(run),
    onClose: (run) => void line.onClose.push(run),
    close: () => {
      close(parts, line, 'closed');
      return Promise.resolve();
    },
  };
};

/** Not at all, once or twice, now or later. */
const carry = (parts: Parts, line: Line, deliver: () => void): void => {
  const { timeline, random, trace } = parts.options;
  const chance = random.below(100);
  const [isLost, isDoubled] = [chance < lost, chance < lost + doubled];
  const isSlow = random.below(100) < slow;
  const copies = parts.isCalm ? 1 : isLost ? 0 : isDoubled ? 2 : 1;
  if (copies !== 1) trace.add(copies === 0 ? 'claims lost' : 'claims doubled');
  const { least, most } = isSlow && !parts.isCalm ? slowMs : usualMs;
  for (let copy = 0; copy < copies; copy += 1) {
    timeline.after(least + random.below(most - least), () => {
      if (line.state === 'open' && timeline.nowMs() >= parts.cutUntilMs) deliver();
    });
  }
};
