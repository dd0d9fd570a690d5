import type { MeView } from '@gatehouse/protocols';

/** What the card page shows. */
export const cardStates = [
  'ready',
  'fresh',
  'purged',
  'elsewhere',
  'desk',
  'frozen',
  'ended',
  'no_crypto',
] as const;
export type CardState = (typeof cardStates)[number];

type Circumstances = {
  readonly me: Pick<MeView, 'changesLeft' | 'credential'> & {
    readonly card: Pick<MeView['card'], 'state'>;
  };
  /** The credential of the key on this phone. */
  readonly held: string | null;
  /** It was here, and the browser has thrown it away. */
  readonly wasPurged: boolean;
  readonly hasCrypto: boolean;
};

/**
 * The first row that fits. `fresh`: no phone has this card yet; `purged`: this browser had it and
 * lost its key; `elsewhere`: another phone has it; `desk`: it has changed phones too often.
 */
const rows: readonly {
  readonly state: CardState;
  readonly fits: (at: Circumstances) => boolean;
}[] = [
  { state: 'ended', fits: ({ me }) => me.card.state === 'ended' },
  { state: 'frozen', fits: ({ me }) => me.card.state === 'frozen' },
  { state: 'no_crypto', fits: ({ hasCrypto }) => !hasCrypto },
  { state: 'fresh', fits: ({ me }) => me.credential === null },
  { state: 'ready', fits: ({ me, held }) => me.credential?.id === held },
  { state: 'purged', fits: ({ me }) => me.credential?.here === true },
  { state: 'desk', fits: ({ me }) => me.changesLeft === 0 },
  { state: 'purged', fits: ({ wasPurged }) => wasPurged },
  { state: 'elsewhere', fits: () => true },
];

export const cardStateOf = (at: Circumstances): CardState =>
  rows.find(({ fits }) => fits(at))?.state ?? 'elsewhere';
