import { GatewayError } from '../errors.ts';
import type { ClaimPorts, Clock } from '../ports.ts';

type Served = Parameters<ClaimPorts['serve']>[0];
type Line = {
  readonly member: string;
  readonly server: Served;
  hear: (payload: Uint8Array) => void;
  closed: (cause: string) => void;
  isOpen: boolean;
};

export type MemoryClaims = {
  readonly ports: ClaimPorts;
  /** Both ways; asked at each message. */
  delayMs: number;
  /** Messages arrive, neither end hears of anything else. */
  mood: 'well' | 'mute';
  /** Connections end, and none is made. */
  readonly cut: () => void;
  readonly mend: () => void;
  /** What the authority says may be changed, doubled or left out on its way. */
  tamper: (payload: string) => readonly string[];
  /** Says something to each connected member, asked or not. */
  readonly say: (payload: Uint8Array) => void;
  readonly connections: () => number;
  readonly asks: readonly string[];
};

/** The network of one claim group, for tests. */
export const createMemoryClaims = (clock: Pick<Clock, 'after'>): MemoryClaims => {
  let served: Served | undefined;
  let isCut = false;
  let lines: Line[] = [];
  const asks: string[] = [];
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const end = (line: Line, cause: string): void => {
    if (!line.isOpen) return;
    line.isOpen = false;
    lines = lines.filter((each) => each !== line);
    line.closed(cause);
  };
  const endAll = (cause: string): void => {
    for (const line of [...lines]) end(line, cause);
  };
  const carry = (line: Line, run: () => void): void => {
    if (claims.mood === 'mute') return;
    clock.after(claims.delayMs, () => {
      if (line.isOpen) run();
    });
  };
  const claims: MemoryClaims = {
    ports: {
      serve: async (options) => {
        await Promise.resolve();
        if (served !== undefined) throw new GatewayError('GW_CLAIM_PORT', 'EADDRINUSE');
        served = options;
        return {
          answer: (member, payload) => {
            for (const line of lines.filter((each) => each.member === member)) {
              for (const text of claims.tamper(payload)) {
                carry(line, () => line.hear(bytes(text)));
              }
            }
          },
          close: () => {
            served = undefined;
            endAll('the authority stopped');
            return Promise.resolve();
          },
        };
      },
      connect: async ({ member, authority }) => {
        await Promise.resolve();
        const server = served;
        if (isCut || server?.members.includes(member) !== true) {
          throw new GatewayError('GW_CLAIM', `${authority} ECONNREFUSED`);
        }
        const nothing = (): void => undefined;
        const line: Line = { member, server, hear: nothing, closed: nothing, isOpen: true };
        lines.push(line);
        return {
          ask: (payload) => {
            asks.push(payload);
            carry(line, () => server.onAsk(member, bytes(payload)));
          },
          onAnswer: (run) => {
            line.hear = run;
          },
          onClose: (run) => {
            line.closed = run;
          },
          close: () => {
            end(line, 'closed by the member');
            return Promise.resolve();
          },
        };
      },
    },
    delayMs: 1,
    mood: 'well',
    cut: () => {
      isCut = true;
      endAll('cable');
    },
    mend: () => {
      isCut = false;
    },
    tamper: (payload) => [payload],
    say: (payload) => {
      for (const line of lines) line.hear(payload);
    },
    connections: () => lines.length,
    asks,
  };
  return claims;
};
