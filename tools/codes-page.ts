import { conditions, eventKinds, reasons } from '@gatehouse/protocols';
import type { Text } from '@gatehouse/protocols';

/** A table cell: a bar or a line break inside would end it. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

const both = ({ zh, en }: Text): string =>
  zh === '' && en === '' ? '' : `${cell(zh)}<br>${cell(en)}`;

const table = (
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] => [
  `| ${heads.join(' | ')} |`,
  `| ${heads.map(() => '---').join(' | ')} |`,
  ...rows.map((row) => `| ${row.join(' | ')} |`),
];

/**
 * The reference of every code that a reader, a screen, an export or the API can show, as Markdown
 * in both languages. The rows are those that the programs themselves run on.
 */
export const codesPage = (): string =>
  [
    '# Codes',
    '',
    'Made from the tables in `protocols/src` by `npm run fix`; do not edit. Codes never change',
    'their meaning, and a code is never renamed.',
    '',
    '## Reasons of decisions',
    '',
    ...table(
      ['Code', 'Lamp', 'Tone', 'On the reader', 'What happened', 'What to do'],
      Object.entries(reasons).map(([code, { lamp, tone, display, text, next }]) => [
        `\`${code}\``,
        lamp,
        tone,
        both(display),
        both(text),
        both(next),
      ]),
    ),
    '',
    '## Conditions',
    '',
    ...table(
      ['Code', 'Severity', 'Of', 'Title', 'What is wrong', 'What to do'],
      Object.entries(conditions).map(([code, { severity, of, title, text, remedy }]) => [
        `\`${code}\``,
        severity,
        of,
        both(title),
        both(text),
        both(remedy),
      ]),
    ),
    '',
    '## Kinds of events',
    '',
    ...table(
      ['Kind', 'Journal class', 'Stream', 'Sentence'],
      Object.entries(eventKinds).map(([kind, { journalClass, stream, sentence }]) => [
        `\`${kind}\``,
        journalClass,
        stream,
        both(sentence),
      ]),
    ),
    '',
  ].join('\n');
