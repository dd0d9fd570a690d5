import type { UseView } from '@gatehouse/protocols';
import { useEffect, useState } from 'react';
import { hasCrypto } from '../adapters/phone-crypto.ts';
import { chatAppHere } from '../adapters/phone-page.ts';
import type { PhoneStore } from '../adapters/phone-store.ts';
import { createTimeWords } from '../event/time.ts';
import type { TimeWords } from '../event/time.ts';
import { useWords } from '../i18n/i18n.ts';
import { CardHead } from './card-head.tsx';
import { cardStateOf } from './card-state.ts';
import { EnrolCard } from './enrol-card.tsx';
import type { PassKind } from './mint.ts';
import { PassCard } from './pass-card.tsx';
import { Sheets } from './sheets.tsx';
import { StoppedCard } from './stopped-card.tsx';
import type { Card, CardHold } from './use-card.ts';

export type CardPageProps = {
  readonly store: PhoneStore;
  readonly card: Card;
  readonly hold: CardHold;
  readonly lastUse: UseView | null;
  readonly forgetUse: () => void;
  readonly keeping: Promise<boolean>;
};

/** What this page can do without a network, said as it is. */
const OfflineNote = ({ keeping }: { readonly keeping: Promise<boolean> }) => {
  const { t } = useWords();
  const [isKept, setKept] = useState<boolean | null>(null);
  useEffect(() => {
    void keeping.then(setKept);
  }, [keeping]);
  const chatApp = chatAppHere();
  if (isKept === null) return null;
  if (chatApp !== null && !isKept) {
    return (
      <p className="offline-note quiet">
        {t('card.offline.chatApp', { app: t(`chatApp.${chatApp}`) })}
      </p>
    );
  }
  return (
    <p className="offline-note quiet">
      {t(isKept ? 'card.offline.kept' : 'card.offline.openOnly')}
    </p>
  );
};

const useTimeWords = (zone: string): TimeWords => {
  const { language, t } = useWords();
  return createTimeWords({ zone, language, t });
};

export const CardPage = (props: CardPageProps) => {
  const { store, card, hold, keeping } = props;
  const { me, key, campus } = card;
  const [kind, setKind] = useState<PassKind>('door');
  const times = useTimeWords(campus.zone);
  const state = cardStateOf({
    card: me.card.state,
    live: me.credential?.id ?? null,
    held: key?.credential ?? null,
    hasCrypto: hasCrypto(),
  });
  const isReady = state === 'ready' && key !== undefined;
  return (
    <>
      <CardHead
        card={card}
        isOnline={hold.isOnline}
        hasKinds={isReady}
        kind={kind}
        onKind={setKind}
      />
      {isReady ? (
        <PassCard
          {...props}
          credential={key.credential}
          kind={kind}
          onKind={setKind}
          times={times}
        />
      ) : null}
      {state === 'fresh' || state === 'elsewhere' ? (
        <EnrolCard store={store} card={card} hold={hold} state={state} />
      ) : null}
      {state === 'frozen' || state === 'ended' || state === 'no_crypto' ? (
        <StoppedCard card={card} hold={hold} state={state} />
      ) : null}
      <Sheets card={card} hold={hold} times={times} />
      {isReady ? <OfflineNote keeping={keeping} /> : null}
    </>
  );
};
