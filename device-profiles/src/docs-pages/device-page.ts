import { noLine } from '../compile/compile.ts';
import { isSession } from '../check/vector-rules.ts';
import type { CommandEntry } from '../language/model.ts';
import type { DeviceProfile } from '../language/profile.ts';
import { examplesSection } from './examples-section.ts';
import { sourceTally } from '../vectors/copied.ts';
import { both, cell, code, heading, section, seconds, table, word, words } from './markdown.ts';
import { entriesText, rangeText, titleOf, unitText, valuesText } from './value-words.ts';
import { wireSection } from './wire-section.ts';
import { familyWords, pageWords } from './words.table.ts';
import { runVectors } from '../vectors/run-vectors.ts';

/** What an installer and an integrator want to know of a model, in both languages, as Markdown. */
export const devicePage = (profile: DeviceProfile): string =>
  [
    `# ${profile.title.zh} ${profile.title.en}`,
    '',
    words('generated'),
    ...whatSection(profile),
    ...wireSection(profile),
    ...modelSections(profile),
    ...safetySection(profile),
    ...examplesSection(profile),
    ...honestySection(profile),
    '',
  ].join('\n');

export const sourceText = ({ source }: DeviceProfile): string => {
  if (source === 'invented') return both(pageWords.invented);
  const { manual, version, page, seen } = source;
  const edition = version === undefined ? '' : `, ${version}`;
  return `${cell(`${manual}${edition}`)}<br>${word('page')} ${cell(page)}<br>${linkOf(seen)}`;
};

const linkOf = (seen: string): string =>
  /^https?:\/\/[^\s<>]+$/.test(seen) ? `<${cell(seen)}>` : cell(seen);

const whatSection = (profile: DeviceProfile): readonly string[] => {
  const { id, profile: version, family, vendor, product, compat } = profile;
  const rows: readonly (readonly [keyof typeof pageWords, string | undefined])[] = [
    ['id', `${code(id)} ${version}`],
    ['family', both(familyWords[family])],
    ['maker', `${cell(vendor)}<br>${cell(product)}`],
    ['hardware', compat?.hardware?.map(cell).join(', ')],
    ['firmware', compat?.firmware === undefined ? undefined : cell(compat.firmware)],
    ['manual', sourceText(profile)],
  ];
  const [first, ...rest] = rows.filter(([, text]) => text !== undefined);
  const line = ([name, text]: (typeof rows)[number]): string =>
    `| ${both(pageWords[name])} | ${text ?? ''} |`;
  return [
    ...heading('what'),
    ...(first === undefined ? [] : [line(first), '| --- | --- |']),
    ...rest.map(line),
  ];
};

const modelSections = ({ model }: DeviceProfile): readonly string[] => [
  ...section(
    'params',
    ['name', 'title', 'values', 'default'],
    Object.entries(model.params ?? {}).map(([name, entry]) => [
      code(name),
      both(titleOf(name, entry)),
      valuesText(entry),
      entry.default === undefined ? '' : code(String(entry.default)),
    ]),
  ),
  ...section(
    'states',
    ['name', 'title', 'values', 'class'],
    Object.entries(model.state ?? {}).map(([name, entry]) => [
      code(name),
      both(titleOf(name, entry)),
      valuesText(entry),
      entry.class,
    ]),
  ),
  ...section(
    'telemetry',
    ['name', 'title', 'range', 'kept'],
    Object.entries(model.telemetry ?? {}).map(([name, entry]) => [
      code(name),
      both(titleOf(name, entry)),
      rangeText(entry),
      keptText(entry.reportEveryMs, entry.reportChange, unitText(entry.unit)),
    ]),
  ),
  ...section(
    'events',
    ['name', 'title', 'fields', 'class'],
    Object.entries(model.events ?? {}).map(([name, entry]) => [
      code(name),
      [both(titleOf(name, entry)), ...(entry.secret === true ? [both(pageWords.secret)] : [])].join(
        '<br>',
      ),
      entriesText(entry.fields),
      entry.class,
    ]),
  ),
  ...section(
    'commands',
    ['name', 'title', 'args', 'expires', 'confirmed', 'class'],
    Object.entries(model.commands ?? {}).map(([name, entry]) => [
      code(name),
      both(titleOf(name, entry)),
      entriesText(entry.args),
      seconds(entry.expiresInMs),
      confirmedText(entry),
      entry.class,
    ]),
  ),
];

const keptText = (everyMs: number | undefined, change: number | undefined, unit: string): string =>
  [
    ...(everyMs === undefined ? [] : [seconds(everyMs)]),
    ...(change === undefined ? [] : [cell(`± ${change} ${unit}`.trim())]),
  ].join(', ');

const confirmedText = ({ confirmBy }: CommandEntry): string => {
  if (confirmBy === undefined) return both(pageWords.unconfirmed);
  const { state, equals, event, withinMs } = confirmBy;
  const late = `${word('within')} ${seconds(withinMs)}`;
  if (state !== undefined) {
    return `${word('state')} ${code(`${state} = ${String(equals)}`)}<br>${late}`;
  }
  if (event !== undefined) return `${word('event')} ${code(event)}<br>${late}`;
  return `${both(pageWords.reply)}<br>${late}`;
};

const safetySection = ({ model }: DeviceProfile): readonly string[] => {
  const { latch, failState } = model.safety ?? {};
  const doors = Object.entries(model.commands ?? {}).filter(([, entry]) => entry.class === 'door');
  const ends = doors.map(([name, { endsBy, norm }]) => {
    const reason = latch?.[name];
    const onlyEnds = norm?.startsWith('door.close_') === true;
    if (reason !== undefined) return `- ${code(name)}: ${word('latch')}. ${reason.zh} ${reason.en}`;
    const how = endsBy === 'device' || onlyEnds ? word('byDevice') : word('byNobody');
    return `- ${code(name)}: ${word('ends')} ${how}`;
  });
  const falls = Object.entries(failState ?? {}).map(
    ([name, value]) => `- ${word('failState')}: ${code(`${name} = ${String(value)}`)}`,
  );
  const { passage } = model;
  const passing =
    passage === undefined
      ? []
      : [
          `- ${word('passage')}: ${word('taken')} ${seconds(passage.takenWithinMs)}; ` +
            `${word('stuck')} ${seconds(passage.stuckAfterMs)}`,
        ];
  const lines = [...ends, ...falls, ...passing];
  return [...heading('safety'), ...(lines.length === 0 ? [both(pageWords.noDoor)] : lines)];
};

const honestySection = (profile: DeviceProfile): readonly string[] => {
  const { documented, captured, invented } = sourceTally(profile);
  const { missing } = runVectors(profile).coverage;
  const hasLine = Object.values(profile.bindings).some(({ transport }) => !(transport in noLine));
  const sessions = profile.vectors.flatMap((vector) =>
    isSession(vector) ? [`- ${word('sessions')}: ${cell(vector.session)}`] : [],
  );
  return [
    ...heading('honesty'),
    ...table(
      ['documented', 'captured', 'inventedCount'],
      [[documented, captured, invented].map(String)],
    ),
    '',
    ...(invented > 0 ? [`- ${word('inventedMeans')}`] : []),
    ...(captured === 0 ? [`- ${word(hasLine ? 'noLive' : 'noUnit')}`] : []),
    ...sessions,
    ...missing.map(({ path, why }) => `- ${word('missing')}: ${code(path)} ${cell(why)}`),
  ];
};
