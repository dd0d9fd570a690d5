import type {
  CardCounts,
  CardNumbersView,
  CardListView,
  CardRowView,
  ChoiceView,
  PassNumbersView,
  TrafficView,
} from '@gatehouse/protocols';
import { cardGroupings, cardLists } from '@gatehouse/protocols';
import { buildings, people } from './campus.table.ts';
import { mayOf } from './mock-profile-routes.ts';

type Asked = {
  readonly who: ChoiceView;
  readonly query: URLSearchParams;
  readonly nowMs: number;
};
type NumberRow = {
  readonly method: string;
  readonly path: RegExp;
  /** @returns the body; null = nothing to say */
  readonly run: (asked: Asked) => unknown;
};

const [, zh, en] = buildings
  .flatMap(({ doors }) => doors)
  .find(([id]) => id === 'library-west') ?? ['', '', ''];
const west = { zh, en };

const dayMs = 86_400_000;
const pageCards = 50;

const countsOf = (issued: number, never: number): CardCounts => ({
  issued,
  enrolled: Math.round(issued * 0.94),
  active7: Math.round(issued * 0.71),
  active30: Math.round(issued * 0.83),
  never,
});

const kinds = ['student', 'teacher', 'staff'] as const;

const cardNumbers = ({ query, nowMs }: Asked): CardNumbersView => ({
  at: new Date(nowMs).toISOString(),
  behind: 0,
  demoSeed: true,
  neverDays: Number(query.get('neverDays') ?? 30),
  by: cardGroupings.find((by) => by === query.get('by')) ?? 'affiliation',
  all: countsOf(12_480, 212),
  groups: kinds.map((id, i) => ({
    id,
    name: null,
    ...countsOf([10_900, 1_240, 340][i] ?? 0, [180, 30, 2][i] ?? 0),
  })),
});

const traffic = ({ query }: Asked): TrafficView => {
  const hours = Array.from({ length: 7 * 24 }, (_, i) => {
    const hour = i % 24;
    const weekday = Math.floor(i / 24) + 1;
    const rush = [8, 12, 17].includes(hour) ? 6 : 1;
    const busy = hour < 6 ? 0 : rush * (weekday > 5 ? 20 : 60) + hour;
    return { weekday, hour, granted: busy, denied: Math.floor(busy / 30) };
  }).filter(({ granted }) => granted > 0);
  const sum = (name: 'granted' | 'denied') => hours.reduce((all, cell) => all + cell[name], 0);
  return {
    days: Number(query.get('days') ?? 7),
    granted: sum('granted'),
    denied: sum('denied'),
    hours,
    readers: Array.from({ length: 16 }, (_, i) => ({
      reader: `library-west-in-${i}`,
      name: { zh: `${west.zh} ${i + 1}`, en: `${west.en} ${i + 1}` },
      door: { id: 'library-west', name: west },
      granted: 2_000 - i * 110,
      denied: 90 - i * 5,
    })),
    reasons: [
      { reason: 'granted', granted: true, count: sum('granted') },
      { reason: 'expired', granted: false, count: 210 },
      { reason: 'outside_schedule', granted: false, count: 96 },
      { reason: 'used', granted: false, count: 44 },
      { reason: 'exit_expired', granted: true, count: 12 },
    ],
  };
};

const cardOf = (n: number, { who, nowMs }: Asked): CardRowView => {
  const all = Object.values(people);
  const person = all[n % all.length] ?? people.lilei;
  const lastAt = n % 9 === 0 ? null : new Date(nowMs - (n % 30) * dayMs).toISOString();
  return {
    card: `018f0000-0000-7000-8000-${String(100_000 + n).padStart(12, '0')}`,
    number: `2024${String(n).padStart(6, '0')}`,
    person: mayOf(who.role).includes('numbers.names') ? person : null,
    affiliation: person.affiliation,
    unit: person.unit,
    issuedAt: new Date(nowMs - 400 * dayMs).toISOString(),
    enrolledAt: n % 13 === 0 ? null : new Date(nowMs - 390 * dayMs).toISOString(),
    lastAt,
    grants: lastAt === null ? 0 : n * 3,
  };
};

const fits: Readonly<Record<(typeof cardLists)[number], (card: CardRowView) => boolean>> = {
  issued: () => true,
  enrolled: ({ enrolledAt }) => enrolledAt !== null,
  not_enrolled: ({ enrolledAt }) => enrolledAt === null,
  active7: ({ lastAt }) => lastAt !== null,
  active30: ({ lastAt }) => lastAt !== null,
  never: ({ lastAt }) => lastAt === null,
};

const nameOf = ({ number, person }: CardRowView): string =>
  [number, person?.name.zh, person?.name.en].join(' ').toLowerCase();

const cardPage = (asked: Asked): CardListView => {
  const list = cardLists.find((each) => each === asked.query.get('list')) ?? 'issued';
  const q = (asked.query.get('q') ?? '').toLowerCase();
  const after = asked.query.get('after') ?? '';
  const cards = Array.from({ length: 120 }, (_, n) => cardOf(n + 1, asked))
    .filter(fits[list])
    .filter((card) => nameOf(card).includes(q) && card.number > after);
  const page = cards.slice(0, pageCards).map(({ person, ...card }) => ({
    ...card,
    person: person === null ? null : { id: person.id, name: person.name },
  }));
  return { cards: page, after: cards.length > pageCards ? (page.at(-1)?.number ?? null) : null };
};

const passNumbers = (asked: Asked): PassNumbersView => {
  const { cards } = cardPage({ ...asked, query: new URLSearchParams() });
  const odd = [
    { made: 10_000, used: 3, doors: 2, why: 'hoarded' as const },
    { made: 61, used: 60, doors: 14, why: 'everywhere' as const },
  ];
  return {
    keys: 11_700,
    made: 912_400,
    used: 301_200,
    limits: kinds.map((affiliation, i) => ({
      affiliation,
      keys: [10_100, 1_020, 12][i] ?? 0,
      median: [3.1, 2.4, 2][i] ?? 0,
      limit: [14.2, 12.6, 14][i] ?? 0,
      basis: i === 2 ? ('all' as const) : ('affiliation' as const),
    })),
    odd: odd.flatMap((row, i) => {
      const card = cards[i];
      return card === undefined ? [] : [{ ...row, card }];
    }),
  };
};

/** The numbers of a campus that is bigger than the mock's: pages have to hold them. */
export const numberRows: readonly NumberRow[] = [
  { method: 'GET', path: /^\/console\/numbers$/, run: cardNumbers },
  { method: 'GET', path: /^\/console\/numbers\/traffic$/, run: traffic },
  { method: 'GET', path: /^\/console\/numbers\/passes$/, run: passNumbers },
  { method: 'GET', path: /^\/console\/numbers\/cards$/, run: cardPage },
  { method: 'POST', path: /^\/console\/numbers\/recount$/, run: () => null },
];
