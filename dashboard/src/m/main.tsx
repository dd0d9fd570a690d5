import { createRoot } from 'react-dom/client';
import { I18nextProvider } from 'react-i18next';
import { listenForInstall } from '../adapters/phone-install.ts';
import { keepPage } from '../adapters/phone-page.ts';
import { openPhoneStore } from '../adapters/phone-store.ts';
import { readLanguage } from '../adapters/preferences.ts';
import { createI18n, htmlLanguages } from '../i18n/i18n.ts';
import en from '../i18n/phone-en.json' with { type: 'json' };
import zh from '../i18n/phone-zh.json' with { type: 'json' };
import '../theme/base.css';
import { CardApp } from './card-app.tsx';
import { NoStore } from './no-store.tsx';
import './pass-card.css';
import '../face/face.css';
import './m.css'; // after it: a stopped card differs from a card
import './side-notes.css';

const start = async (element: HTMLElement): Promise<void> => {
  const language = readLanguage();
  document.documentElement.lang = htmlLanguages[language];
  const i18n = createI18n(language, { zh, en });
  const root = createRoot(element);
  const install = listenForInstall();
  try {
    const store = await openPhoneStore();
    root.render(
      <I18nextProvider i18n={i18n}>
        <CardApp store={store} keeping={keepPage()} install={install} />
      </I18nextProvider>,
    );
  } catch {
    root.render(
      <I18nextProvider i18n={i18n}>
        <NoStore />
      </I18nextProvider>,
    );
  }
};

const element = document.getElementById('root');
// The worker and relative links live under /m/.
if (location.pathname === '/m') location.replace('/m/');
else if (element !== null) void start(element);
