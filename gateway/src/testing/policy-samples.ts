import type { PolicyRow } from '@gatehouse/protocols';

const uuid = (n: number): string => `019a0000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

/** `cards` cards with a phone key each. */
export function* policyRowsOf(cards: number): Generator<PolicyRow> {
  for (let n = 0; n < cards; n += 1) {
    yield {
      section: 'card',
      id: uuid(n),
      person: uuid(n + 2 ** 30),
      groups: ['students', `class-${n % 400}`],
      validFrom: Date.UTC(2026, 8, 1),
      validTo: Date.UTC(2030, 6, 1),
    };
    yield {
      section: 'credential',
      id: (n * 2_654_435_761).toString(16).padStart(16, '0'),
      card: uuid(n),
      alg: 'ES256',
      key: `BH${n.toString(36).padStart(85, 'x')}`,
    };
  }
}

export const policyRows = (cards: number): readonly PolicyRow[] => [...policyRowsOf(cards)];
