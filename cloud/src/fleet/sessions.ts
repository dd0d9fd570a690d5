/** For each gateway: enough for a box that reconnects all the time. */
const endedKept = 16;

/** Sessions that are over: what still comes of them, late, must not bring them back. */
export type EndedSessions = {
  readonly has: (gateway: string, session: string) => boolean;
  /** A session speaks: the one before it is over. */
  readonly begin: (gateway: string, session: string) => void;
  readonly end: (gateway: string, session: string) => void;
};

type Sessions = { current: string | undefined; ended: readonly string[] };

export const createEndedSessions = (): EndedSessions => {
  const gateways = new Map<string, Sessions>();
  const of = (gateway: string): Sessions => {
    const known = gateways.get(gateway) ?? { current: undefined, ended: [] };
    gateways.set(gateway, known);
    return known;
  };
  const end = (gateway: string, session: string): void => {
    const sessions = of(gateway);
    if (sessions.current === session) sessions.current = undefined;
    if (!sessions.ended.includes(session)) {
      sessions.ended = [...sessions.ended, session].slice(-endedKept);
    }
  };
  return {
    has: (gateway, session) => of(gateway).ended.includes(session),
    begin: (gateway, session) => {
      const { current } = of(gateway);
      if (current !== undefined && current !== session) end(gateway, current);
      of(gateway).current = session;
    },
    end,
  };
};
