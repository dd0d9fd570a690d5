import { checksumTypes } from '@gatehouse/protocols';
import type { FrameFraming } from '@gatehouse/protocols';
import Type from 'typebox';
import { checkedYaml, faultText } from '../checked-yaml.ts';
import { families } from '../language/profile.ts';
import type { KnownParts } from './guess-framing.ts';

const closed = { additionalProperties: false } as const;
const Short = Type.String({ minLength: 1, maxLength: 200 });
const samplesMax = 200;

/** What one needs to know to begin a profile; the same by questions or from a file. */
export const Answers = Type.Object(
  {
    family: Type.Enum([...families]),
    vendor: Short,
    product: Short,
    /** English; the Chinese one is written later. */
    title: Type.Optional(Short),
    titleZh: Type.Optional(Short),
    manual: Type.Optional(Short),
    page: Type.Optional(Short),
    seen: Type.Optional(Short),
    wire: Type.Enum(['lines', 'frames', 'modbus']),
    baud: Type.Integer({ minimum: 300, maximum: 4_000_000 }),
    parity: Type.Optional(Type.Enum(['none', 'even', 'odd'])),
    /** In plain words, or `guess`, or `none`: `AA 55`, `u8 at 2 +4`, `sum8 from 2 to -2 at -2`. */
    start: Type.Optional(Type.String({ maxLength: 60 })),
    end: Type.Optional(Type.String({ maxLength: 60 })),
    length: Type.Optional(Type.String({ maxLength: 60 })),
    checksum: Type.Optional(Type.String({ maxLength: 60 })),
    /** Frames, hexadecimal or text; `>` before those that the gateway sends. */
    samples: Type.Optional(
      Type.Array(Type.String({ maxLength: 12_400 }), { maxItems: samplesMax }),
    ),
    /** Of Modbus. */
    unit: Type.Optional(Type.Integer({ minimum: 1, maximum: 247 })),
    /** `holding 0 u16 temperature 0.1 Cel` */
    registers: Type.Optional(Type.Array(Short, { maxItems: 64 })),
  },
  closed,
);
export type Answers = Type.Static<typeof Answers>;

/** JSON or YAML. @returns what is wrong with it, with `file:line:column` of each fault */
export const parsedAnswers = (text: string, file: string): Answers | string => {
  const checked = checkedYaml(text, Answers, file);
  return checked.ok ? checked.value : checked.faults.map(faultText).join('\n');
};

/** One example: bytes, and which way they go. */
export type Sample = { readonly from: 'device' | 'gateway'; readonly bytes: Uint8Array };

const escapes: Readonly<Record<string, number>> = { r: 0x0d, n: 0x0a, t: 0x09, '\\': 0x5c };

/** `> AA 01`, `AA01`, `"HELLO\r\n"`; text where it is no hexadecimal. */
export const parsedSample = (text: string): Sample | undefined => {
  const [, arrow, body = ''] = /^\s*([<>])?\s*(.*?)\s*$/s.exec(text) ?? [];
  const from = arrow === '>' ? 'gateway' : 'device';
  if (body === '') return undefined;
  const hex = body.replaceAll(/0x|[\s,:-]/gi, '');
  if (/^(?:[0-9a-f]{2})+$/i.test(hex) && !body.startsWith('"')) {
    return { from, bytes: Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16)) };
  }
  const plain = body.replace(/^"(.*)"$/s, '$1');
  const bytes = [...plain.matchAll(/\\(x[0-9a-f]{2}|.)|[^\\]+/gis)].flatMap(([all, escape]) => {
    if (escape === undefined) return [...new TextEncoder().encode(all)];
    return [
      escape.length > 1 ? parseInt(escape.slice(1), 16) : (escapes[escape] ?? escape.charCodeAt(0)),
    ];
  });
  return { from, bytes: Uint8Array.from(bytes) };
};

type Part = 'start' | 'end' | 'length' | 'checksum';
const isGuess = (text: string | undefined): boolean =>
  text === undefined || /^\s*(?:guess|\?|)\s*$/i.test(text);
const isNone = (text: string): boolean => /^\s*(?:none|no|-)\s*$/i.test(text);

const hexPart = (text: string): string | undefined =>
  /^\s*(?:[0-9a-f]{2}\s*){1,8}$/i.test(text)
    ? (text.replaceAll(/\s/g, '').toUpperCase().match(/../g) ?? []).join(' ')
    : undefined;

const lengthPart = (text: string): FrameFraming['length'] => {
  const [, type, at, adds] =
    /^\s*(u8|u16|u16le) at (\d+)(?:\s*([+-]\s*\d+))?\s*$/i.exec(text) ?? [];
  const known = (['u8', 'u16', 'u16le'] as const).find((one) => one === type?.toLowerCase());
  return known === undefined
    ? undefined
    : { type: known, at: Number(at), adds: Number((adds ?? '0').replaceAll(' ', '')) };
};

const checksumPart = (text: string): FrameFraming['checksum'] => {
  const match = /^\s*([a-z0-9-]+) from (-?\d+) to (-?\d+) at (-?\d+)(?: (big|little))?\s*$/i.exec(
    text,
  );
  const [, name, from, to, at, order] = match ?? [];
  const type = checksumTypes.find((one) => one === name?.toLowerCase());
  if (type === undefined) return undefined;
  const side = (['big', 'little'] as const).find((one) => one === order);
  return {
    type,
    from: Number(from),
    to: Number(to),
    at: Number(at),
    ...(side === undefined ? {} : { order: side }),
  };
};

/** How each part is written down; shown where somebody wrote it otherwise. */
export const partForms: Readonly<Record<Part, string>> = {
  start: 'bytes such as AA 55, none, or guess',
  end: 'bytes such as 0D 0A, none, or guess',
  length: 'u8, u16 or u16le and where: u8 at 2 +4 (the whole frame is that + 4), none, or guess',
  checksum: 'a type and its range: sum8 from 2 to -1 at -1, none, or guess',
};

type Read<T> =
  /** `undefined`: to be guessed; `null`: there is none. */
  { readonly ok: true; readonly value: T | null | undefined } | { readonly ok: false };

const readBy =
  <T>(reader: (text: string) => T | undefined) =>
  (text: string | undefined): Read<T> => {
    if (text === undefined || isGuess(text)) return { ok: true, value: undefined };
    if (isNone(text)) return { ok: true, value: null };
    const value = reader(text);
    return value === undefined ? { ok: false } : { ok: true, value };
  };

const partReaders = {
  start: readBy(hexPart),
  end: readBy(hexPart),
  length: readBy(lengthPart),
  checksum: readBy(checksumPart),
} as const;

export const isPart = (part: Part, text: string): boolean => partReaders[part](text).ok;

/** @returns what is wrong, in words, where a part cannot be read */
export const knownParts = (answers: Answers): KnownParts | string => {
  const start = partReaders.start(answers.start);
  const end = partReaders.end(answers.end);
  const length = partReaders.length(answers.length);
  const checksum = partReaders.checksum(answers.checksum);
  if (!start.ok) return `start: ${partForms.start}`;
  if (!end.ok) return `end: ${partForms.end}`;
  if (!length.ok) return `length: ${partForms.length}`;
  if (!checksum.ok) return `checksum: ${partForms.checksum}`;
  return {
    start: start.value,
    end: end.value,
    length: length.value,
    checksum: checksum.value,
  };
};
