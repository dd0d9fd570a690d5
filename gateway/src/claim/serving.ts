import { createNamedTimers } from '../downlink/named-timers.ts';
import type { ClaimRow } from '../policy/roster.ts';
import type { ClaimServer, Ports } from '../ports.ts';
import type { Authority } from './authority.ts';

export const againMinMs = 1_000;
export const againMaxMs = 30_000;

export type ServingOptions = {
  readonly ports: Pick<Ports, 'clock' | 'claims' | 'log'>;
  readonly group: ClaimRow;
  readonly authority: Authority;
  /** What has the port now is gone when this resolves. */
  readonly after: Promise<void>;
  readonly onState: (isServing: boolean) => void;
};

/** The authority's door: open to its members, tried again where the port is taken. */
export type Serving = { readonly stop: () => Promise<void> };

export const createServing = (options: ServingOptions): Serving => {
  const { ports, group, authority } = options;
  const timers = createNamedTimers(ports.clock);
  let server: ClaimServer | undefined;
  let stopped = false;
  let pauseMs = againMinMs;

  const hear = async (member: string, payload: Uint8Array): Promise<void> => {
    const answer = await authority.hear(member, payload);
    if (answer !== undefined) server?.answer(member, JSON.stringify(answer));
  };
  const serve = async (): Promise<void> => {
    try {
      server = await ports.claims.serve({
        group: group.id,
        port: group.port,
        members: group.members.filter((member) => member !== group.authority),
        onAsk: (member, payload) => void hear(member, payload),
      });
      options.onState(true);
    } catch (error) {
      failed(error instanceof Error ? error.message : String(error));
    }
  };
  const failed = (detail: string): void => {
    if (stopped) return;
    ports.log.error('claim.not_served', { group: group.id, detail });
    options.onState(false);
    timers.set('again', pauseMs, begin);
    pauseMs = Math.min(pauseMs * 2, againMaxMs);
  };
  let serving: Promise<void> = Promise.resolve();
  const begin = (): void => {
    serving = options.after.then(() => (stopped ? undefined : serve()));
  };
  begin();
  return {
    stop: async () => {
      stopped = true;
      timers.cancelAll();
      await serving;
      await server?.close();
    },
  };
};
