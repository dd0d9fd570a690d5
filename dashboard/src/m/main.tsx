import { createRoot } from 'react-dom/client';
import { I18nextProvider } from 'react-i18next';
import { keepPage } from '../adapters/phone-page.ts';
import { openPhoneStore } from '../adapters/phone-store.ts';
import { readLanguage } from '../adapters/preferences.ts';
import { ErrorNote } from '../api/error-note.tsx';
import { createI18n, htmlLanguages } from '../i18n/i18n.ts';
import en from '../i18n/mine-en.json' with { type: 'json' };
import zh from '../i18n/mine-zh.json' with { type: 'json' };
import '../theme/base.css';
import { CardApp } from './card-app.tsx';
import './pass-card.css';
import './m.css'; // after it: a stopped card differs from a card

const start = async (element: HTMLElement): Promise<void> => {
  const language = readLanguage();
  document.documentElement.lang = htmlLanguages[language];
  const i18n = createI18n(language, { zh, en });
  const root = createRoot(element);
  try {
    const store = await openPhoneStore();
    root.render(
      <I18nextProvider i18n={i18n}>
        <CardApp store={store} keeping={keepPage()} />
      </I18nextProvider>,
    );
  } catch (error) {
    root.render(
      <I18nextProvider i18n={i18n}>
        <ErrorNote error={error} />
      </I18nextProvider>,
    );
  }
};

const element = document.getElementById('root');
// The worker and relative links live under /m/.
if (location.pathname === '/m') location.replace('/m/');
else if (element !== null) void start(element);
