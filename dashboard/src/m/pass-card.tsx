import { useEffect } from 'react';
import { after, useNow } from '../adapters/clock.ts';
import { buzz, useLitScreen, useVisible } from '../adapters/phone-page.ts';
import type { TimeWords } from '../event/time.ts';
import { FaceCard, FaceShortcuts } from '../face/face-card.tsx';
import { useWords } from '../i18n/i18n.ts';
import type { CardPageProps } from './card-props.ts';
import { DemoScanner } from './demo-scanner.tsx';
import { otherKind } from './mint.ts';
import type { PassKind } from './mint.ts';
import { PassPlate } from './pass-plate.tsx';
import { useResultWords } from './result-words.ts';
import type { ResultWords } from './result-words.ts';
import { spokenOf } from './speech.ts';
import { UnsavedCard } from './stopped-card.tsx';
import { usePass } from './use-pass.ts';
import { usePhoto } from './use-photo.ts';
import { useSwipe } from './use-swipe.ts';

/** A refusal that one can mend stays until it is read. */
const shownMsOf = ({ granted, step }: ResultWords): number => {
  if (granted) return 6_000;
  return step === 'turn' ? 15_000 : 8_000;
};

const grantedBuzz = [60] as const;
const deniedBuzz = [90, 70, 90, 70, 90] as const;

type PassCardProps = CardPageProps & {
  readonly credential: string;
  readonly kind: PassKind;
  readonly onKind: (kind: PassKind) => void;
  readonly times: TimeWords;
};

/** The pass is the page. */
export const PassCard = (props: PassCardProps) => {
  const { store, card, credential, kind, onKind, times, lastUse, forgetUse, hold } = props;
  const { t } = useWords();
  const isVisible = useVisible();
  const { offsetMs } = card;
  const { pass, trouble, renew } = usePass(
    { store, card: card.card, credential, kind, offsetMs },
    isVisible,
  );
  const now = useNow(250);
  const result = useResultWords(lastUse, kind, times);
  const turn = (): void => {
    onKind(otherKind(kind));
  };
  const swipe = useSwipe(turn);
  useLitScreen(isVisible);

  const shownMs = result === null ? 0 : shownMsOf(result);
  useEffect(() => {
    if (lastUse === null) return undefined;
    renew(); // what was scanned is used up
    buzz(lastUse.granted ? grantedBuzz : deniedBuzz);
    return after(shownMs, forgetUse);
  }, [lastUse, shownMs, renew, forgetUse]);

  const { reload, dropKey } = hold;
  useEffect(() => {
    if (trouble !== 'gone') return;
    dropKey();
    void reload();
  }, [trouble, dropKey, reload]);

  const { face } = card.me;
  const photo = usePhoto(card.card, face?.fields.includes('photo') ? face.photo : null);
  if (trouble === 'unsaved') return <UnsavedCard card={card} onRetry={renew} />;
  return (
    <>
      <FaceCard {...{ face, photo, kind, times, swipe }} facts={card.me}>
        <PassPlate
          pass={pass}
          kind={kind}
          now={now}
          result={result}
          acts={{ renew, turn, dismiss: forgetUse }}
        />
      </FaceCard>
      <FaceShortcuts face={face} />
      <p className="visually-hidden" role="status">
        {t(`phone.spoken.${spokenOf(pass, now)}`, { kind: t(`card.kind.${kind}`) })}
      </p>
      {card.campus.demo ? <DemoScanner card={card} pass={pass} /> : null}
    </>
  );
};
