import { stringify } from 'yaml';
import { withVectors } from '../capture/appended-vectors.ts';
import { vectorsOf } from '../capture/capture-vectors.ts';
import type { Chunk } from '../capture/listener.ts';
import { checkedProfile } from '../checked-profile.ts';
import { faultText } from '../checked-yaml.ts';
import type { Gap } from '../vectors/report.ts';
import { runVectors } from '../vectors/run-vectors.ts';
import { parsedSample } from './answers.ts';
import type { Answers, Sample } from './answers.ts';
import { titled } from './draft.ts';
import type { Draft } from './draft.ts';
import { modbusDraft } from './modbus-draft.ts';
import { framesDraft, linesDraft } from './serial-draft.ts';

export type Scaffold =
  | {
      readonly ok: true;
      readonly text: string;
      /** What was guessed and how sure it is; what was left out. */
      readonly notes: readonly string[];
      readonly vectors: number;
      /** What `test` still asks for. */
      readonly missing: readonly Gap[];
    }
  | { readonly ok: false; readonly fault: string };

type Options = {
  readonly id: string;
  /** `2026-11-22` */
  readonly date: string;
};

const drafts: Readonly<
  Record<Answers['wire'], (answers: Answers, samples: readonly Sample[]) => Draft | string>
> = { lines: linesDraft, frames: framesDraft, modbus: modbusDraft };

/** A first profile that passes every check; the examples that were pasted are its first vectors. */
export const scaffold = (answers: Answers, { id, date }: Options): Scaffold => {
  const samples = (answers.samples ?? []).flatMap((text) => parsedSample(text) ?? []);
  const draft = drafts[answers.wire](answers, samples);
  if (typeof draft === 'string') return { ok: false, fault: draft };
  const bare = textOf(id, answers, draft);
  const checked = checkedProfile(bare, `${id}.yaml`);
  if (!checked.ok) return { ok: false, fault: checked.faults.map(faultText).join('\n') };
  const found = vectorsOf({
    profile: checked.value,
    binding: bindingName(answers),
    params: {},
    capture: { header: headerOf(date), chunks: chunksOf(samples, answers), droppedBytes: 0 },
  });
  const source = `pasted on ${date}: write its document and page here`;
  const vectors = found.vectors.map((vector) => ({ ...vector, source }));
  const text = vectors.length === 0 ? bare : (withVectors(bare, vectors) ?? bare);
  const whole = checkedProfile(text, `${id}.yaml`);
  if (!whole.ok) return { ok: false, fault: whole.faults.map(faultText).join('\n') };
  const strange = found.unknown === 0 ? [] : [`${found.unknown} examples are no message of it`];
  const secrets =
    found.redacted === 0
      ? []
      : [`${found.redacted} held a secret: something invented stands there`];
  return {
    ok: true,
    text,
    notes: [...draft.notes, ...strange, ...secrets],
    vectors: vectors.length,
    missing: runVectors(whole.value).coverage.missing,
  };
};

const bindingName = ({ wire }: Answers): string => (wire === 'modbus' ? 'modbus' : 'serial');

const headerOf = (date: string) =>
  ({ capture: 1, port: 'pasted', startedAt: `${date}T00:00:00.000Z` }) as const;

/** So far apart that nothing runs together. */
const apartMs = 100_000;

const chunksOf = (samples: readonly Sample[], { wire }: Answers): readonly Chunk[] =>
  samples.map(({ from, bytes }, i) => ({
    ms: i * apartMs,
    from,
    bytes:
      wire === 'lines' && !/[\r\n]$/.test(new TextDecoder().decode(bytes)) ? ended(bytes) : bytes,
  }));

const ended = (bytes: Uint8Array): Uint8Array => Uint8Array.from([...bytes, 0x0d]);

const withoutEmpty = (parts: Readonly<Record<string, object>>): object =>
  Object.fromEntries(Object.entries(parts).filter(([, part]) => Object.keys(part).length > 0));

const sourceOf = ({ manual, page, seen }: Answers): string | object =>
  manual === undefined ? 'invented' : { manual, page: page ?? 'all', seen: seen ?? 'paper' };

const doorFamilies: readonly string[] = ['door', 'turnstile', 'lock', 'barrier'];

const commandHint = ({ family, wire }: Answers): readonly string[] => {
  const isDoor = doorFamilies.includes(family);
  const sends =
    wire === 'modbus'
      ? '[{ table: holding, address: 16, type: u16, value: args.ms, scale: 100 }]'
      : wire === 'lines'
        ? "[{ text: 'OPEN {args.ms}' }]"
        : '[{ fields: [{ type: u8, const: 0x01 }, { type: u16, value: args.ms }] }]';
  return [
    'Commands go into model.commands and bindings.….commands, such as',
    '  open:',
    ...(isDoor ? ['    norm: door.open_entry'] : ['    title: { zh: …, en: Open }']),
    `    class: ${isDoor ? 'door' : 'audit'}`,
    '    expiresInMs: 5000',
    ...(isDoor ? ['    endsBy: device   # the device itself ends the release: no latch'] : []),
    '    args: { ms: { type: integer, unit: ms, min: 100, max: 30000, default: 3000 } }',
    `and on the wire   open: ${sends}`,
  ];
};

/** Each part under a comment that says what to do with it. */
const textOf = (id: string, answers: Answers, draft: Draft): string => {
  const { vendor, product, family, title, titleZh } = answers;
  const name = title ?? `${vendor} ${product}`;
  const { state, telemetry, events, commands } = draft.model;
  const parts: readonly (readonly [readonly string[], object])[] = [
    [
      [
        `A draft of ${name}. npm run profile -- test names what is still to be proved.`,
        'The language: docs/profiles.md.',
      ],
      {
        apiVersion: 'profile/v1',
        kind: 'DeviceProfile',
        id,
        profile: '0.1.0',
        family,
        title: { ...titled(name), ...(titleZh === undefined ? {} : { zh: titleZh }) },
        vendor,
        product,
      },
    ],
    [
      ['invented, or the document that vouches for it: { manual, version, page, seen }.'],
      { source: sourceOf(answers) },
    ],
    [
      [
        'What the device is, whatever wire it speaks. Give each value its own name, type, unit and',
        'range, and a norm of device-profiles/src/language/vocabulary.table.ts where there is one.',
        ...commandHint(answers),
      ],
      { model: withoutEmpty({ state, telemetry, events, commands }) },
    ],
    [
      [
        'How the wire carries it.',
        ...(draft.notes.length === 0 ? [] : ['Found from the examples that were pasted:']),
        ...draft.notes.map((note) => `- ${note}`),
        'Replace raw bytes by fields: { type: u16, scale: 0.1, value: telemetry.temperature }.',
      ],
      { bindings: { [bindingName(answers)]: draft.binding } },
    ],
    [['Bytes and what they mean, each with the document and page that says so.'], { vectors: [] }],
    [
      ['How it behaves when it is played: npm run profile -- sim.'],
      { simulate: { initial: draft.initial } },
    ],
  ];
  return parts
    .map(
      ([comments, value]) =>
        `${comments.map(commented).join('')}${stringify(value, { lineWidth: 100 })}`,
    )
    .join('\n');
};

/** Never ends the comment, whatever somebody pasted. */
const commented = (line: string): string =>
  `# ${line.replaceAll(/[\r\n\u0085\u2028\u2029]+/g, ' ')}\n`;
