import { createRoot } from 'react-dom/client';
import { I18nextProvider } from 'react-i18next';
import { readLanguage } from '../adapters/preferences.ts';
import { createI18n, htmlLanguages } from '../i18n/i18n.ts';
import en from '../i18n/mine-en.json' with { type: 'json' };
import zh from '../i18n/mine-zh.json' with { type: 'json' };
import '../theme/base.css';
import { OpenPage } from './open-page.tsx';
import './open.css';

const element = document.getElementById('root');
if (element !== null) {
  const language = readLanguage();
  document.documentElement.lang = htmlLanguages[language];
  createRoot(element).render(
    <I18nextProvider i18n={createI18n(language, { zh, en })}>
      <OpenPage name={location.pathname.startsWith('/found') ? 'found' : 'freeze'} />
    </I18nextProvider>,
  );
}
