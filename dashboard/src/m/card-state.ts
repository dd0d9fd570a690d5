import type { MeView } from '@gatehouse/protocols';

/** What the card page shows. */
export const cardStates = ['ready', 'fresh', 'elsewhere', 'frozen', 'ended', 'no_crypto'] as const;
export type CardState = (typeof cardStates)[number];

type Circumstances = {
  readonly card: MeView['card']['state'];
  /** The credential that counts for the card, by the server. */
  readonly live: string | null;
  /** The credential of the key on this phone. */
  readonly held: string | null;
  readonly hasCrypto: boolean;
};

/** The first row that fits. `fresh`: no phone has this card yet; `elsewhere`: another phone has. */
const rows: readonly {
  readonly state: CardState;
  readonly fits: (at: Circumstances) => boolean;
}[] = [
  { state: 'ended', fits: ({ card }) => card === 'ended' },
  { state: 'frozen', fits: ({ card }) => card === 'frozen' },
  { state: 'no_crypto', fits: ({ hasCrypto }) => !hasCrypto },
  { state: 'fresh', fits: ({ live }) => live === null },
  { state: 'ready', fits: ({ live, held }) => live === held },
  { state: 'elsewhere', fits: () => true },
];

export const cardStateOf = (at: Circumstances): CardState =>
  rows.find(({ fits }) => fits(at))?.state ?? 'elsewhere';
