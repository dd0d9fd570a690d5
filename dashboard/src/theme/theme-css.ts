import { colours, fontStack, radiusPx } from './tokens.ts';
import type { Scheme } from './tokens.ts';

const variableName = (name: string): string =>
  `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** The variables of one scheme: for the page, or for a part that shows the other one. */
export const themeVariables = (scheme: Scheme): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(
    Object.entries(colours).map(([name, pair]) => [variableName(name), pair[scheme]]),
  ),
  '--shadow':
    scheme === 'light'
      ? '0 1px 2px rgb(30 36 40 / 5%), 0 6px 20px -8px rgb(30 36 40 / 12%)'
      : '0 1px 2px rgb(0 0 0 / 30%), 0 8px 24px -8px rgb(0 0 0 / 50%)',
});

const variables = (scheme: Scheme): string =>
  Object.entries(themeVariables(scheme))
    .map(([name, value]) => `${name}:${value}`)
    .concat(`color-scheme:${scheme}`)
    .join(';');

/** Light, dark by the system, and either by the switch (`data-theme` on the page). */
export const themeCss = (): string =>
  [
    `:root{--radius:${radiusPx}px;--font:${fontStack};${variables('light')}}`,
    `@media (prefers-color-scheme: dark){:root:not([data-theme='light']){${variables('dark')}}}`,
    `:root[data-theme='dark']{${variables('dark')}}`,
    '.old-browser{max-width:36em;margin:20vh auto;padding:0 24px;font:16px/1.6 sans-serif}',
  ].join('\n');
