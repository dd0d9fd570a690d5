import { createRoot } from 'react-dom/client';
import { I18nextProvider } from 'react-i18next';
import { readLanguage } from '../adapters/preferences.ts';
import en from '../i18n/choose-en.json' with { type: 'json' };
import zh from '../i18n/choose-zh.json' with { type: 'json' };
import { createI18n, htmlLanguages } from '../i18n/i18n.ts';
import '../theme/base.css';
import { Chooser } from './chooser.tsx';
import './choose.css';

const element = document.getElementById('root');
if (element !== null) {
  const language = readLanguage();
  document.documentElement.lang = htmlLanguages[language];
  createRoot(element).render(
    <I18nextProvider i18n={createI18n(language, { zh, en })}>
      <Chooser />
    </I18nextProvider>,
  );
}
