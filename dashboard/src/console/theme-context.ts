import { createContext, useContext } from 'react';
import type { Theme } from '../theme/use-theme.ts';

export const ThemeContext = createContext<Theme | null>(null);

export const useChosenTheme = (): Theme => {
  const theme = useContext(ThemeContext);
  if (theme === null) throw new Error('a screen stands outside of the theme');
  return theme;
};
