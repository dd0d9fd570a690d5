import { fieldUses } from '../check/field-uses.ts';
import type { FieldUse } from '../check/field-uses.ts';
import { framingsOf } from '../compile/wire.ts';
import type { PlainBinding } from '../language/bindings.ts';
import type { PlainProfile } from '../language/profile.ts';
import { entryAt, scalarType } from '../language/values.ts';
import type { ValueEntry } from '../language/values.ts';
import { hit } from './report.ts';
import type { Coverage, Gap } from './report.ts';

/** Something that a vector must prove; any one of `keys` proves it. */
type Target = Gap & { readonly keys: readonly string[] };

/** @param hits by binding: what the vectors that hold have proved */
export const coverageOf = (
  profile: PlainProfile,
  hits: ReadonlyMap<string, ReadonlySet<string>>,
): Coverage => {
  const all = Object.entries(profile.bindings).flatMap(([name, binding]) =>
    targetsOf(profile, name, binding).map((target) => ({ target, proved: hits.get(name) })),
  );
  const missing = all
    .filter(({ target, proved }) => !target.keys.some((key) => proved?.has(key) === true))
    .map(({ target: { path, why } }) => ({ path, why }));
  return { needed: all.length, covered: all.length - missing.length, missing };
};

const targetsOf = (
  profile: PlainProfile,
  name: string,
  binding: PlainBinding,
): readonly Target[] => {
  const uses = fieldUses(profile.model, name, binding);
  const at = `bindings.${name}`;
  const targets = [
    ...uses.flatMap((use) => valueTargets(profile, use)),
    ...Object.keys(binding.commands ?? {}).map((command) => ({
      path: `${at}.commands.${command}`,
      why: 'no vector sends it',
      keys: [hit.command(command)],
    })),
    ...(binding.transport === 'serial' ? serialTargets(at, binding) : []),
    ...wireTargets(at, binding, canBeWrong(profile, uses, binding)),
  ];
  // Two fields may carry one value: one vector proves both.
  return [...new Map(targets.map((target) => [target.keys.join(), target])).values()];
};

const ownerOf = ({ owner }: FieldUse): string =>
  owner.kind === 'register' ? 'registers' : `${owner.kind}s.${owner.name}`;

/** Each value of a field: its path, every value of an enum, both of a boolean, "not known". */
const valueTargets = ({ model }: PlainProfile, use: FieldUse): readonly Target[] => {
  const { path, field, scope, from } = use;
  const entry = path === undefined ? undefined : entryAt(model, path, scope);
  if (path === undefined || entry === undefined || path.startsWith('params.')) return [];
  const verb = from === 'device' ? 'reads' : 'sends';
  const owner = ownerOf(use);
  const place = `${use.at.join('.')} ${path}`;
  const values = [
    ...namedValues(field, entry),
    ...('unknown' in field && field.unknown ? [null] : []),
  ];
  if (values.length === 0) {
    return [{ path: place, why: `no vector ${verb} it`, keys: [hit.value(owner, path)] }];
  }
  return values.map((value) => ({
    path: place,
    why: `no vector ${verb} ${String(value)}`,
    keys: [hit.valueOf(owner, path, value)],
  }));
};

const namedValues = (field: FieldUse['field'], entry: ValueEntry): readonly unknown[] => {
  if (field.enum !== undefined) return [...new Set(Object.values(field.enum))];
  return scalarType(entry) === 'boolean' ? [false, true] : [];
};

const serialTargets = (
  at: string,
  { messages, polls }: Extract<PlainBinding, { readonly transport: 'serial' }>,
): readonly Target[] => [
  ...Object.entries(messages ?? {}).map(([message, { emit, refuses }]) => ({
    path: `${at}.messages.${message}`,
    why: `no vector receives it${emit === undefined ? '' : `, so none emits ${emit}`}${
      refuses === undefined ? '' : `, so none is refused_${refuses}`
    }`,
    keys: [hit.message(message)],
  })),
  ...(polls ?? []).map((_poll, index) => ({
    path: `${at}.polls.${index}`,
    why: 'no vector sends it',
    keys: [hit.poll(index)],
  })),
];

/** What every wire can do to a message. */
const wireTargets = (at: string, binding: PlainBinding, mayBeWrong: boolean): readonly Target[] => {
  const isModbus = binding.transport === 'modbus';
  const receives = isModbus
    ? binding.registers.length > 0
    : Object.keys(binding.messages ?? {}).length > 0;
  const hasChecksum =
    isModbus ||
    framingsOf(binding.framing).some((one) => one.kind === 'frames' && one.checksum !== undefined);
  const target = (why: string, codes: readonly string[]): Target => ({
    path: at,
    why,
    keys: codes.map(hit.error),
  });
  const rows: readonly (readonly [boolean, Target])[] = [
    [receives && hasChecksum, target('no vector has error: bad_checksum', ['bad_checksum'])],
    [receives, target('no vector has error: truncated', ['truncated', 'too_short'])],
    [
      mayBeWrong,
      target('no vector has error: out_of_range, unknown_value or unknown_message', [
        'out_of_range',
        'unknown_value',
        'unknown_message',
      ]),
    ],
    [isModbus, target('no vector has error: exception_…', exceptionCodes)],
  ];
  return rows.filter(([isNeeded]) => isNeeded).map(([, needed]) => needed);
};

/** As `parseReply` of protocols names them. */
const exceptionCodes = [
  'illegal_function',
  'illegal_address',
  'illegal_value',
  'device_failure',
  'acknowledge',
  'device_busy',
  'memory_parity',
  'no_path',
  'no_target',
  'other',
].map((name) => `exception_${name}`);

/** Something that is carried has bounds, or bytes can be no message at all. */
const canBeWrong = (
  { model }: PlainProfile,
  uses: readonly FieldUse[],
  binding: PlainBinding,
): boolean =>
  (binding.transport === 'serial' &&
    framingsOf(binding.framing).some(({ kind }) => kind !== 'lines')) ||
  uses.some(({ path, scope, field }) => {
    const entry = path === undefined ? undefined : entryAt(model, path, scope);
    if (entry === undefined || field.type === 'bit') return false;
    const bounds = ['min', 'max', 'charsMax'].filter((key) => Object.hasOwn(entry, key));
    return bounds.length > 0 || field.enum !== undefined;
  });
