import { describe, expect, it } from 'vitest';
import { cardStateOf } from './card-state.ts';
import type { CardState } from './card-state.ts';

type Row = readonly [
  'active' | 'frozen' | 'ended',
  string | null,
  string | null,
  'https' | 'plain http',
  CardState,
];

const table: readonly Row[] = [
  ['active', 'a', 'a', 'https', 'ready'],
  ['active', null, null, 'https', 'fresh'],
  ['active', null, 'a', 'https', 'fresh'], // the key was revoked: this phone takes a new one
  ['active', 'b', 'a', 'https', 'elsewhere'],
  ['active', 'b', null, 'https', 'elsewhere'], // storage purged, or another phone
  ['active', 'a', 'a', 'plain http', 'no_crypto'],
  ['frozen', 'a', 'a', 'https', 'frozen'],
  ['frozen', null, null, 'plain http', 'frozen'],
  ['ended', 'a', 'a', 'https', 'ended'],
];

describe('what the card page shows', () => {
  for (const [card, live, held, over, state] of table) {
    it(`card ${card}, server ${live ?? 'none'}, phone ${held ?? 'none'}, ${over}: ${state}`, () => {
      expect(cardStateOf({ card, live, held, hasCrypto: over === 'https' })).toBe(state);
    });
  }
});
