import type {
  DoubtsView,
  DoubtView,
  EvidenceView,
  JudgedUseView,
  Role,
} from '@gatehouse/protocols';
import { buildings, people } from './campus.table.ts';
import { iso } from './mock-state.ts';
import type { MockPorts } from './mock-state.ts';

const minuteMs = 60_000;

const roles: Readonly<Partial<Record<Role, readonly string[]>>> = {
  guard: ['use.read'],
  facility: ['use.read', 'use.act'],
  admin: ['use.read', 'use.act', 'evidence.read'],
};

export const mayUsesOf = (role: Role): readonly string[] => roles[role] ?? [];

type Where = readonly [building: string, door: string];

const useAt = (
  [building, door]: Where,
  n: number,
  at: { readonly atMs: number; readonly lateMs: number },
  more: Partial<JudgedUseView> = {},
): JudgedUseView => {
  const place = buildings.find(({ id }) => id === building);
  const [, zh = door, en = door] = place?.doors.find(([id]) => id === door) ?? [];
  const gateway = place?.gateway ?? 'gw-library';
  return {
    id: `${gateway}.0a1b2c3d.main.${n}`,
    at: iso(at.atMs),
    receivedAt: iso(at.atMs + at.lateMs),
    granted: true,
    door: { id: door, name: { zh, en } },
    gateway: { id: gateway, name: place?.gatewayName ?? { zh: '', en: '' } },
    ...{ basis: 'island', provisional: true, madeAt: iso(at.atMs - 7_000), evidence: 'kept' },
    ...more,
  };
};

const doubt = (nowMs: number, from: Pick<DoubtView, 'verdict' | 'use'> & Partial<DoubtView>) => ({
  ...{ why: null, judgedAt: iso(nowMs - 3 * minuteMs), counter: 4_711, first: null, closed: null },
  ...{ person: people.lilei, keyRevokedAt: null },
  card: { id: 'card-1', number: '2024010017', state: 'active' } as const,
  ...from,
});

const madeDoubts = (nowMs: number): readonly DoubtView[] => [
  doubt(nowMs, {
    verdict: 'double_spent',
    keyRevokedAt: iso(nowMs - 3 * minuteMs),
    first: useAt(['library', 'library-east'], 812, { atMs: nowMs - 9 * minuteMs, lateMs: 400 }),
    use: useAt(['lab', 'lab-main'], 377, { atMs: nowMs - 8.4 * minuteMs, lateMs: 5 * minuteMs }),
  }),
  doubt(nowMs, {
    verdict: 'not_proven',
    why: 'bad_signature',
    person: people.hanmei,
    judgedAt: iso(nowMs - 40 * minuteMs),
    use: useAt(
      ['lab', 'lab-3-201'],
      290,
      { atMs: nowMs - 41 * minuteMs, lateMs: 600 },
      {
        ...{ basis: 'local', provisional: false, madeAt: null },
      },
    ),
  }),
  doubt(nowMs, {
    verdict: 'late_revoked',
    judgedAt: iso(nowMs - 40 * 1440 * minuteMs),
    keyRevokedAt: iso(nowMs - 40 * 1441 * minuteMs),
    use: useAt(
      ['library', 'library-east'],
      91,
      {
        atMs: nowMs - 40 * 1440.5 * minuteMs,
        lateMs: minuteMs,
      },
      { evidence: 'erased' },
    ),
    closed: {
      at: iso(nowMs - 39 * 1440 * minuteMs),
      by: people.chengang,
      note: 'Found his phone again; he had frozen the card himself.',
    },
  }),
];

export type MockUses = {
  readonly list: (state: string | null) => DoubtsView;
  /** Undefined where there is none. */
  readonly act: (use: string, action: string, note: string) => DoubtView | undefined;
  readonly evidence: (use: string) => EvidenceView | undefined;
};

export const createMockUses = (ports: MockPorts): MockUses => {
  const doubts = new Map(madeDoubts(ports.nowMs()).map((each) => [each.use.id, each]));
  const changes: Readonly<Record<string, (doubt: DoubtView, note: string) => DoubtView>> = {
    close: (each, note) => ({
      ...each,
      closed: { at: iso(ports.nowMs()), by: people.chengang, note },
    }),
    freeze: (each) => ({ ...each, card: each.card && { ...each.card, state: 'frozen' } }),
  };
  return {
    list: (state) => ({
      doubts: [...doubts.values()].filter(
        ({ closed }) => (closed === null) === (state !== 'closed'),
      ),
      more: false,
    }),
    act: (use, action, note) => {
      const held = doubts.get(use);
      const next = held && changes[action]?.(held, note);
      if (next !== undefined) doubts.set(use, next);
      return next;
    },
    evidence: (use) =>
      use === ''
        ? undefined
        : {
            jws: `eyJhbGciOiJFUzI1NiJ9.EQAAAAAAAAChaRJYSgAAEmc.${'A'.repeat(86)}`,
            key: null,
            receivedAt: iso(ports.nowMs()),
            erasedAt: iso(ports.nowMs() + 30 * 1440 * minuteMs),
          },
  };
};
