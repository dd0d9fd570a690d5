import type { Language } from '@gatehouse/protocols';

export type ThemeChoice = 'system' | 'light' | 'dark';

/** What this browser remembers; where storage is forbidden nothing is remembered. */
const read = (name: string): string | null => {
  try {
    return localStorage.getItem(`gatehouse.${name}`);
  } catch {
    return null;
  }
};

const write = (name: string, value: string): void => {
  try {
    localStorage.setItem(`gatehouse.${name}`, value);
  } catch {
    // The choice then lasts as long as the page.
  }
};

export const readLanguage = (): Language => {
  const chosen = read('language') ?? navigator.language;
  return chosen.startsWith('zh') ? 'zh' : 'en';
};

export const writeLanguage = (language: Language): void => {
  write('language', language);
};

export const readTheme = (): ThemeChoice => {
  const chosen = read('theme');
  return chosen === 'light' || chosen === 'dark' ? chosen : 'system';
};

export const writeTheme = (theme: ThemeChoice): void => {
  write('theme', theme);
};

/** Small per-browser choices: density of a table, the scanner that was used last. */
export const readChoice = (name: string): string | null => read(name);
export const writeChoice = write;
