import type { MeView } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { cardStateOf } from './card-state.ts';
import type { CardState } from './card-state.ts';

type Row = {
  readonly what: string;
  readonly card?: MeView['card']['state'];
  /** By the server; `here`: this very browser enrolled it. */
  readonly live?: { readonly id: string; readonly here: boolean };
  readonly held?: string;
  readonly changesLeft?: number;
  readonly wasPurged?: true;
  readonly over?: 'plain http';
  readonly state: CardState;
};

const here = { id: 'a', here: true };
const away = { id: 'b', here: false };

const table: readonly Row[] = [
  { what: 'the key of the card is on this phone', live: here, held: 'a', state: 'ready' },
  { what: 'so after a new login', live: { ...here, here: false }, held: 'a', state: 'ready' },
  { what: 'no phone has the card', state: 'fresh' },
  { what: 'the key was revoked: a new one', held: 'a', state: 'fresh' },
  { what: 'another phone has it', live: away, held: 'a', state: 'elsewhere' },
  { what: 'another phone, or purged and signed in anew', live: away, state: 'elsewhere' },
  { what: 'storage purged, the login alive', live: here, state: 'purged' },
  { what: 'purged before our eyes', live: away, wasPurged: true, state: 'purged' },
  { what: 'too many changes', live: away, changesLeft: 0, state: 'desk' },
  { what: 'purged, too many changes', live: away, wasPurged: true, changesLeft: 0, state: 'desk' },
  { what: 'the own key is no change', live: here, changesLeft: 0, state: 'purged' },
  { what: 'plain http', live: here, held: 'a', over: 'plain http', state: 'no_crypto' },
  { what: 'frozen', card: 'frozen', live: here, held: 'a', state: 'frozen' },
  { what: 'frozen over plain http', card: 'frozen', over: 'plain http', state: 'frozen' },
  { what: 'ended', card: 'ended', live: here, held: 'a', state: 'ended' },
];

describe('what the card page shows', () => {
  for (const { what, state, ...row } of table) {
    it(`${what}: ${state}`, () => {
      const { live } = row;
      const credential = live === undefined ? null : { ...live, alg: 'ES256', enrolledAt: '' };
      const found = cardStateOf({
        me: {
          card: { state: row.card ?? 'active' },
          credential,
          changesLeft: row.changesLeft ?? 3,
        },
        held: row.held ?? null,
        wasPurged: row.wasPurged ?? false,
        hasCrypto: row.over === undefined,
      });
      expect(found).toBe(state);
    });
  }
});
