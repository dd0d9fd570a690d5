import { useEffect, useState } from 'react';
import { copyText } from '../adapters/clipboard.ts';
import { useInstallWay } from '../adapters/phone-install.ts';
import type { InstallOffer } from '../adapters/phone-install.ts';
import { chatAppHere, systemHere } from '../adapters/phone-page.ts';
import { readChoice, writeChoice } from '../adapters/preferences.ts';
import { useWords } from '../i18n/i18n.ts';
import type { TimeWords } from '../event/time.ts';
import type { Card } from './load-card.ts';
import type { Healing } from './use-card.ts';

/** "Your phone's clock is 4 min off", and where that is mended on this kind of phone. */
export const ClockNote = ({ offsetMs }: { readonly offsetMs: number }) => {
  const { t } = useWords();
  const minutes = Math.round(Math.abs(offsetMs) / 60_000);
  if (minutes < 1) return null;
  const which = offsetMs > 0 ? 'slow' : 'fast';
  return (
    <details className="side-note side-note-attention">
      <summary>
        <span role="status">{t(`phone.clock.${which}`, { count: minutes })}</span>
      </summary>
      <p>{t('phone.clock.text')}</p>
      <p>{t(`phone.clock.mend.${systemHere()}`)}</p>
    </details>
  );
};

/** The browser threw the key away and the card came back by itself: said, because it is odd. */
export const HealedNote = ({ healing }: { readonly healing: Healing }) => {
  const { t } = useWords();
  if (healing.state !== 'healed') return null;
  return (
    <div className="side-note" role="status">
      <p>{t('phone.healed')}</p>
      <button
        type="button"
        className="button plain"
        onClick={() => {
          healing.set('seen');
        }}
      >
        {t('phone.gotIt')}
      </button>
    </div>
  );
};

/** Announced: the key lapses unless this page is open online before. Being online ends it. */
export const LapseNote = ({ card, times }: { readonly card: Card; readonly times: TimeWords }) => {
  const { t } = useWords();
  const lapsesAt = card.me.keep?.lapsesAt ?? null;
  if (lapsesAt === null) return null;
  const when = times.dayMinute(Date.parse(lapsesAt));
  return (
    <div className="side-note side-note-attention" role="status">
      <p>{t('phone.lapse.text', { when })}</p>
    </div>
  );
};

/** The login has ended; the code goes on working. */
export const SignInNote = () => {
  const { t } = useWords();
  return (
    <div className="side-note" role="status">
      <p>{t('phone.signIn.text')}</p>
      <a className="button" href="/">
        {t('phone.signIn.go')}
      </a>
    </div>
  );
};

const hidden = 'hidden';

/** Only where the browser can put the card on the home screen, and until somebody says no. */
export const InstallHint = ({ offer }: { readonly offer: InstallOffer }) => {
  const { t } = useWords();
  const way = useInstallWay(offer);
  const [isHidden, setHidden] = useState(() => readChoice('install') === hidden);
  if (way === null || isHidden) return null;
  return (
    <div className="side-note" data-install={way.how}>
      <p>{t(`phone.install.${way.how}`)}</p>
      <div className="side-note-actions">
        {way.how === 'asks' ? (
          <button type="button" className="button" onClick={way.install}>
            {t('phone.install.go')}
          </button>
        ) : null}
        <button
          type="button"
          className="button plain"
          onClick={() => {
            writeChoice('install', hidden);
            setHidden(true);
          }}
        >
          {t('phone.install.no')}
        </button>
      </div>
    </div>
  );
};

/** What a chat app's own browser cannot do, and how to get out of it. */
const ChatAppNote = ({ chatApp }: { readonly chatApp: string }) => {
  const { t } = useWords();
  const [wasCopied, setCopied] = useState<boolean | null>(null);
  const app = t(`chatApp.${chatApp}`);
  const copy = async (): Promise<void> => {
    setCopied(await copyText(location.href));
  };
  return (
    <div className="side-note side-note-attention" data-chat-app={chatApp}>
      <p>{t('phone.chatApp.text', { app })}</p>
      <p>{t('phone.chatApp.next')}</p>
      <button type="button" className="button" onClick={() => void copy()}>
        {t('phone.chatApp.copy')}
      </button>
      <p role="status">
        {wasCopied === null
          ? ''
          : t(wasCopied ? 'phone.chatApp.copied' : 'phone.chatApp.notCopied')}
      </p>
    </div>
  );
};

/** What this page can do without a network, said as it is. */
export const OfflineNote = ({ keeping }: { readonly keeping: Promise<boolean> }) => {
  const { t } = useWords();
  const [isKept, setKept] = useState<boolean | null>(null);
  useEffect(() => {
    void keeping.then(setKept);
  }, [keeping]);
  const chatApp = chatAppHere();
  if (chatApp !== null) return <ChatAppNote chatApp={chatApp} />;
  if (isKept === null) return null;
  return (
    <p className="offline-note quiet">
      {t(isKept ? 'card.offline.kept' : 'card.offline.openOnly')}
    </p>
  );
};
