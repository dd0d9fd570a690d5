import type { Label } from '../language/model.ts';
import { pageWords } from './words.table.ts';
import type { PageWord } from './words.table.ts';

/** A table cell: a bar or a line break inside would end it; marks and HTML are plain text. */
export const cell = (text: string): string =>
  text
    .replaceAll(/[\\|*_[\]`]/g, String.raw`\$&`)
    .replaceAll('<', '&lt;')
    .replaceAll(/[\r\n]+/g, ' ');

export const both = ({ zh, en }: Label): string =>
  zh === en ? cell(en) : `${cell(zh)}<br>${cell(en)}`;

/** One of the page's own words, on one line. */
export const word = (name: PageWord): string => `${pageWords[name].zh} ${pageWords[name].en}`;

/** The same under each other; our own words may hold marks. */
export const words = (name: PageWord): string => `${pageWords[name].zh}<br>${pageWords[name].en}`;

/** Bytes and names; in a table even a bar inside of code would end the cell. */
export const code = (text: string): string =>
  `\`${text.replaceAll('`', "'").replaceAll('|', '\\|')}\``;

export const heading = (name: PageWord): readonly string[] => ['', `## ${word(name)}`, ''];

export const table = (
  heads: readonly PageWord[],
  rows: readonly (readonly string[])[],
): readonly string[] => [
  `| ${heads.map((name) => both(pageWords[name])).join(' | ')} |`,
  `| ${heads.map(() => '---').join(' | ')} |`,
  ...rows.map((row) => `| ${row.join(' | ')} |`),
];

/** A section with a table; nothing where there are no rows. */
export const section = (
  name: PageWord,
  heads: readonly PageWord[],
  rows: readonly (readonly string[])[],
): readonly string[] => (rows.length === 0 ? [] : [...heading(name), ...table(heads, rows)]);

export const seconds = (ms: number): string => (ms < 1000 ? `${ms} ms` : `${ms / 1000} s`);
