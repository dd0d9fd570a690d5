import { isSession } from '../check/vector-rules.ts';
import { isCopied } from '../vectors/copied.ts';
import type { DeviceProfile } from '../language/profile.ts';
import type { Vector } from '../language/vectors.ts';
import { outcomeText } from '../vectors/report.ts';
import { cell, code, heading, table, word } from './markdown.ts';

/** More than a reader looks at; the rest stands in the profile. */
const examplesMax = 60;
const bytesShownMax = 48;

const casesOf = ({ vectors }: DeviceProfile): readonly Vector[] =>
  vectors.flatMap((vector) => (isSession(vector) ? [] : [vector]));

/** Frames and what they mean: those that a document vouches for come first. */
export const examplesSection = (profile: DeviceProfile): readonly string[] => {
  const cases = casesOf(profile);
  if (cases.length === 0) return [];
  const ordered = [...cases.filter(isCopied), ...cases.filter((one) => !isCopied(one))];
  const rows = ordered
    .slice(0, examplesMax)
    .map((vector) => [bytesText(vector), meaningText(vector), cell(vector.source)]);
  const left = ordered.length - rows.length;
  return [
    ...heading('examples'),
    ...table(['bytes', 'title', 'source'], rows),
    ...(left > 0 ? ['', `${left} ${word('more')}`] : []),
  ];
};

const shortHex = (text: string): string => {
  const bytes = text.replaceAll(' ', '').match(/../g) ?? [];
  const shown = bytes.slice(0, bytesShownMax).join(' ').toUpperCase();
  return bytes.length > bytesShownMax ? `${shown} … (${bytes.length} B)` : shown;
};

/** Control characters of a text, so that one sees them. */
const shownText = (text: string): string => {
  const quoted = JSON.stringify(text);
  return quoted.length > 3 * bytesShownMax ? `${quoted.slice(0, 3 * bytesShownMax)}…` : quoted;
};

const bytesText = ({ tx, txText, in: received, inText }: Vector): string => {
  const sent = [
    ...[tx ?? []].flat().map((hex) => code(shortHex(hex))),
    ...[txText ?? []].flat().map((text) => code(shownText(text))),
  ];
  const got = [
    ...(received === undefined ? [] : [code(shortHex(received))]),
    ...(inText === undefined ? [] : [code(shownText(inText))]),
  ];
  return [...sent.map((text) => `→ ${text}`), ...got.map((text) => `← ${text}`)].join('<br>');
};

const meaningText = ({ command, poll, args, out, error, params }: Vector): string => {
  const given = Object.keys(args ?? {}).length === 0 ? '' : ` ${JSON.stringify(args)}`;
  const parts: readonly (string | undefined)[] = [
    command === undefined ? undefined : `→ ${code(`${command}${given}`)}`,
    poll === undefined ? undefined : `→ poll ${poll}`,
    params === undefined ? undefined : `params ${code(JSON.stringify(params))}`,
    error === undefined ? undefined : `✗ ${code(error)}`,
    out === undefined ? undefined : `← ${cell(outcomeText(out))}`,
  ];
  return parts.filter((part) => part !== undefined).join('<br>');
};
