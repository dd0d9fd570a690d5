import type { UseView } from '@gatehouse/protocols';
import type { InstallOffer } from '../adapters/phone-install.ts';
import type { PhoneStore } from '../adapters/phone-store.ts';
import type { Card } from './load-card.ts';
import type { CardHold } from './use-card.ts';

/** What the card's page and its parts are given. */
export type CardPageProps = {
  readonly store: PhoneStore;
  readonly card: Card;
  readonly hold: CardHold;
  /** False where the login has ended. */
  readonly isSignedIn: boolean;
  readonly lastUse: UseView | null;
  readonly forgetUse: () => void;
  readonly keeping: Promise<boolean>;
  readonly install: InstallOffer;
};
