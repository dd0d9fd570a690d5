import { useEffect, useState } from 'react';
import { readTheme, writeTheme } from '../adapters/preferences.ts';
import type { ThemeChoice } from '../adapters/preferences.ts';
import { accentOf } from './contrast.ts';
import type { Accent } from './contrast.ts';
import type { Scheme } from './tokens.ts';

const darkQuery = '(prefers-color-scheme: dark)';

const useSystemScheme = (): Scheme => {
  const [isDark, setDark] = useState(() => matchMedia(darkQuery).matches);
  useEffect(() => {
    const media = matchMedia(darkQuery);
    const follow = (): void => {
      setDark(media.matches);
    };
    media.addEventListener('change', follow);
    return () => {
      media.removeEventListener('change', follow);
    };
  }, []);
  return isDark ? 'dark' : 'light';
};

export type Theme = {
  readonly scheme: Scheme;
  readonly choice: ThemeChoice;
  readonly choose: (choice: ThemeChoice) => void;
  readonly accent: Accent;
};

/** Puts the chosen scheme and the school's colour on the page. */
export const useTheme = (schoolColour: string | null): Theme => {
  const system = useSystemScheme();
  const [choice, setChoice] = useState<ThemeChoice>(readTheme);
  const scheme = choice === 'system' ? system : choice;
  const accent = accentOf(schoolColour, scheme);
  const onWhite = accentOf(schoolColour, 'light').accent;
  useEffect(() => {
    const page = document.documentElement;
    if (choice === 'system') page.removeAttribute('data-theme');
    else page.dataset.theme = choice;
    page.style.setProperty('--accent', accent.accent);
    page.style.setProperty('--on-accent', accent.onAccent);
    page.style.setProperty('--accent-soft', accent.accentSoft);
    page.style.setProperty('--accent-on-white', onWhite);
  }, [choice, accent.accent, accent.onAccent, accent.accentSoft, onWhite]);
  return {
    scheme,
    choice,
    accent,
    choose: (next) => {
      writeTheme(next);
      setChoice(next);
    },
  };
};
