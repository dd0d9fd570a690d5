import { useState } from 'react';
import { hasCrypto } from '../adapters/phone-crypto.ts';
import { askedFor } from '../adapters/phone-page.ts';
import { createTimeWords } from '../event/time.ts';
import type { TimeWords } from '../event/time.ts';
import { useWords } from '../i18n/i18n.ts';
import { CardChooser } from './card-chooser.tsx';
import { CardHead } from './card-head.tsx';
import type { CardPageProps } from './card-props.ts';
import { cardStateOf } from './card-state.ts';
import { EnrolCard } from './enrol-card.tsx';
import { passKinds } from './mint.ts';
import type { PassKind } from './mint.ts';
import { NoticeBanner } from './notices.tsx';
import { PassCard } from './pass-card.tsx';
import { Sheets } from './sheets.tsx';
import type { SheetName } from './sheets.tsx';
import {
  ClockNote,
  HealedNote,
  InstallHint,
  LapseNote,
  OfflineNote,
  SignInNote,
} from './side-notes.tsx';
import { DeskCard, StoppedCard } from './stopped-card.tsx';
import { useKeep } from './use-keep.ts';

const useTimeWords = (zone: string): TimeWords => {
  const { language, t } = useWords();
  return createTimeWords({ zone, language, t });
};

const firstKind = (): PassKind => passKinds.find((kind) => kind === askedFor()) ?? 'door';

/** The card in the state in which it is. */
const CardItself = (
  props: CardPageProps & {
    readonly state: ReturnType<typeof cardStateOf>;
    readonly times: TimeWords;
    readonly kind: PassKind;
    readonly onKind: (kind: PassKind) => void;
  },
) => {
  const { store, card, hold, state, times } = props;
  if (state === 'ready') {
    return card.key === undefined ? null : <PassCard {...props} credential={card.key.credential} />;
  }
  if (state === 'fresh' || state === 'purged' || state === 'elsewhere') {
    return <EnrolCard key={state} store={store} card={card} hold={hold} state={state} />;
  }
  if (state === 'desk') return <DeskCard card={card} times={times} />;
  return <StoppedCard card={card} hold={hold} state={state} />;
};

export const CardPage = (props: CardPageProps) => {
  const { card, hold, isSignedIn, keeping, install, forgetUse } = props;
  const { t } = useWords();
  const [kind, setKind] = useState<PassKind>(firstKind);
  const [sheet, setSheet] = useState<SheetName | null>(null);
  const times = useTimeWords(card.campus.zone);
  useKeep(card, hold, isSignedIn);
  const state = cardStateOf({
    me: card.me,
    held: card.key?.credential ?? null,
    wasPurged: card.wasPurged,
    hasCrypto: hasCrypto(),
  });
  const isReady = state === 'ready';
  const onKind = (next: PassKind): void => {
    forgetUse();
    setKind(next);
  };
  return (
    <>
      <CardHead
        card={card}
        isOnline={hold.isOnline}
        hasKinds={isReady}
        kind={kind}
        onKind={onKind}
      />
      <CardChooser card={card} hold={hold} onChosen={forgetUse} />
      <NoticeBanner
        notices={card.notices}
        onOpen={() => {
          setSheet('notices');
        }}
      />
      <CardItself
        key={card.card}
        {...props}
        state={state}
        times={times}
        kind={kind}
        onKind={onKind}
      />
      {isReady ? <HealedNote healing={hold.healing} /> : null}
      {isReady ? <LapseNote card={card} times={times} /> : null}
      {isSignedIn ? null : <SignInNote />}
      <ClockNote offsetMs={card.offsetMs} />
      <Sheets
        key={`more ${card.card}`}
        card={card}
        hold={hold}
        times={times}
        shown={sheet}
        onShow={setSheet}
      />
      {isReady ? <InstallHint offer={install} /> : null}
      {isReady ? <OfflineNote keeping={keeping} /> : null}
      <button
        type="button"
        className="button plain phone-link"
        onClick={() => {
          setSheet('phone');
        }}
      >
        {t('phone.sheet.phone')}
      </button>
    </>
  );
};
