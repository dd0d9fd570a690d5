import type { Language, Text } from '@gatehouse/protocols';
import { createInstance } from 'i18next';
import type { i18n as I18n } from 'i18next';
import { initReactI18next, useTranslation } from 'react-i18next';
import { writeLanguage } from '../adapters/preferences.ts';
import en from './en.json' with { type: 'json' };
import zh from './zh.json' with { type: 'json' };

export const htmlLanguages: Readonly<Record<Language, string>> = { zh: 'zh-CN', en: 'en' };

/** Words that only one page has; they do not travel to the others. */
export type OwnWords = Readonly<Record<Language, object>>;

/** The words of the screens. What the tables of protocols/ say is not repeated here. */
export const createI18n = (language: Language, own: OwnWords = { zh: {}, en: {} }): I18n => {
  const i18n = createInstance();
  // Both catalogues are in the page, so this ends before it returns.
  void i18n.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    resources: {
      zh: { translation: { ...zh, ...own.zh } },
      en: { translation: { ...en, ...own.en } },
    },
    interpolation: { escapeValue: false },
    initAsync: false,
  });
  return i18n;
};

export type Translate = (key: string, values?: Readonly<Record<string, string | number>>) => string;

export type Words = {
  readonly t: Translate;
  readonly language: Language;
  readonly pick: (text: Text) => string;
  readonly speak: (language: Language) => void;
};

export const useWords = (): Words => {
  const { t, i18n } = useTranslation();
  const language: Language = i18n.language === 'zh' ? 'zh' : 'en';
  return {
    t: (key, values) => t(key, values ?? {}),
    language,
    pick: (text) => text[language],
    speak: (next) => {
      writeLanguage(next);
      document.documentElement.lang = htmlLanguages[next];
      void i18n.changeLanguage(next);
    },
  };
};
