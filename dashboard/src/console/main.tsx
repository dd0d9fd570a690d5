import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createRoot } from 'react-dom/client';
import { I18nextProvider } from 'react-i18next';
import { readLanguage } from '../adapters/preferences.ts';
import bulkEn from '../i18n/bulk-en.json' with { type: 'json' };
import bulkZh from '../i18n/bulk-zh.json' with { type: 'json' };
import cardsEn from '../i18n/cards-en.json' with { type: 'json' };
import cardsZh from '../i18n/cards-zh.json' with { type: 'json' };
import en from '../i18n/console-en.json' with { type: 'json' };
import zh from '../i18n/console-zh.json' with { type: 'json' };
import faceEn from '../i18n/face-en.json' with { type: 'json' };
import faceZh from '../i18n/face-zh.json' with { type: 'json' };
import numbersEn from '../i18n/numbers-en.json' with { type: 'json' };
import numbersZh from '../i18n/numbers-zh.json' with { type: 'json' };
import peopleEn from '../i18n/people-en.json' with { type: 'json' };
import peopleZh from '../i18n/people-zh.json' with { type: 'json' };
import { createI18n, htmlLanguages } from '../i18n/i18n.ts';
import '../theme/base.css';
import { ConsoleApp } from './console-app.tsx';
import './console.css';

const element = document.getElementById('root');
if (element !== null) {
  const language = readLanguage();
  document.documentElement.lang = htmlLanguages[language];
  const queries = new QueryClient({
    defaultOptions: { queries: { retry: false, staleTime: 30_000, refetchOnWindowFocus: false } },
  });
  const own = {
    zh: { ...zh, ...cardsZh, ...numbersZh, ...peopleZh, ...bulkZh, ...faceZh },
    en: { ...en, ...cardsEn, ...numbersEn, ...peopleEn, ...bulkEn, ...faceEn },
  };
  createRoot(element).render(
    <I18nextProvider i18n={createI18n(language, own)}>
      <QueryClientProvider client={queries}>
        <ConsoleApp />
      </QueryClientProvider>
    </I18nextProvider>,
  );
}
