import type { PolicyRow, PolicyRowOf } from '@gatehouse/protocols';
import { createPhone } from './phone.ts';
import type { Phone } from './phone.ts';

/** Tuesday 1 September 2026, 10:00 in Shanghai. */
export const tuesdayTenMs = Date.UTC(2026, 8, 1, 2);
const dayMs = 24 * 3600 * 1000;

const uuid = (n: number): string => `019ab0c4-5d00-7000-8000-${n.toString(16).padStart(12, '0')}`;

type PersonRow = {
  readonly phone: Phone;
  readonly card: string;
  readonly person: string;
  readonly row: PolicyRowOf<'card'>;
};

const person = (
  n: number,
  name: string,
  card: Partial<PolicyRowOf<'card'>> = {},
  phone = createPhone(name),
): PersonRow => ({
  phone,
  card: uuid(n),
  person: uuid(1000 + n),
  row: {
    section: 'card',
    id: uuid(n),
    person: uuid(1000 + n),
    groups: ['staff'],
    validFrom: tuesdayTenMs - 30 * dayMs,
    validTo: tuesdayTenMs + 300 * dayMs,
    ...card,
  },
});

/** For tests: people whose names say what is special about them. */
export const people = {
  staff: person(1, 'staff'),
  /** Staff too, with an ES256 key as a phone makes it. */
  phone: person(2, 'phone', {}, createPhone('phone', 'ES256')),
  visitor: person(3, 'visitor', { groups: ['visitors'] }),
  cleaner: person(4, 'cleaner', { groups: ['night-shift'] }),
  freshman: person(5, 'freshman', { validFrom: tuesdayTenMs + dayMs }),
  graduate: person(6, 'graduate', { validTo: tuesdayTenMs }),
  /** Enrolled, without a card row. */
  cardless: person(7, 'cardless'),
  /** In no row at all. */
  stranger: person(8, 'stranger'),
  /** Moved to another phone the day before. */
  mover: person(9, 'mover'),
} as const;
export type PersonName = keyof typeof people;

const door = (id: string, kind: PolicyRowOf<'door'>['class']): PolicyRowOf<'door'> => ({
  section: 'door',
  id,
  class: kind,
  zone: 'labs',
  nameZh: id,
  nameEn: id,
  unlockMs: 3_000,
});

/** The same rules at a door without and at a gate with a guard. */
const rulesOf = (id: string): PolicyRow[] => [
  { section: 'rule', id: `${id}-staff`, group: 'staff', door: id, schedule: 'office' },
  { section: 'rule', id: `${id}-night`, group: 'night-shift', door: id, schedule: 'friday-night' },
];

export const policyRows: readonly PolicyRow[] = [
  { section: 'site', campus: 'campus-01', site: 'main', zone: 'Asia/Shanghai' },
  door('lab', 'lab'),
  door('gate', 'guarded_gate'),
  {
    section: 'schedule',
    id: 'office',
    windows: [{ days: [1, 2, 3, 4, 5], from: 8 * 60, to: 18 * 60 }],
  },
  { section: 'schedule', id: 'friday-night', windows: [{ days: [5], from: 22 * 60, to: 2 * 60 }] },
  ...rulesOf('lab'),
  ...rulesOf('gate'),
  ...Object.values(people)
    .filter((who) => who !== people.cardless && who !== people.stranger)
    .map(({ row }) => row),
  ...Object.values(people)
    .filter((who) => who !== people.stranger)
    .map((who) => ({
      ...who.phone.row(who.card),
      ...(who === people.mover ? { waitsUntil: tuesdayTenMs } : {}),
    })),
];
