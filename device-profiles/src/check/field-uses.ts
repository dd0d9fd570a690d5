import type { Field, PlainField } from '@gatehouse/protocols';
import { contentFields } from '../compile/content.ts';
import type { Content } from '../compile/content.ts';
import type {
  PlainBinding,
  ModbusBinding,
  Register,
  RegisterWrite,
  SerialBinding,
} from '../language/bindings.ts';
import type { PlainProfile } from '../language/profile.ts';
import type { Scope } from '../language/values.ts';

/** Where a field stands and whose values it carries: what rules and coverage go through. */
export type FieldUse = {
  /** Of the field in the file. */
  readonly at: readonly (string | number)[];
  readonly field: PlainField | Register | RegisterWrite;
  /** `state.lock`; undefined for what is always the same. */
  readonly path: string | undefined;
  /** Inside a repeat, or a register with `count`: the value is a list. */
  readonly isList: boolean;
  readonly from: 'device' | 'gateway';
  readonly scope: Scope;
  readonly owner: Owner;
};
export type Owner =
  | { readonly kind: 'message'; readonly name: string }
  | { readonly kind: 'command'; readonly name: string }
  | { readonly kind: 'poll'; readonly name: string }
  | { readonly kind: 'register'; readonly name: string };

type Shared = Pick<FieldUse, 'from' | 'scope' | 'owner'>;
type At = FieldUse['at'];
type Model = PlainProfile['model'];

export const usesOf = ({ model, bindings }: PlainProfile): readonly FieldUse[] =>
  Object.entries(bindings).flatMap(([name, binding]) => fieldUses(model, name, binding));

export const fieldUses = (
  model: Model,
  name: string,
  binding: PlainBinding,
): readonly FieldUse[] =>
  binding.transport === 'serial'
    ? serialUses(model, ['bindings', name], binding)
    : modbusUses(['bindings', name], binding);

const serialUses = (model: Model, at: At, binding: SerialBinding): readonly FieldUse[] => {
  const contentUses = (place: At, content: Content, shared: Shared): readonly FieldUse[] =>
    contentFields(model, content, shared.scope).flatMap((field, index) =>
      usesIn(content.fields === undefined ? [...place, 'text'] : [...place, 'fields', index], {
        field,
        shared,
        isText: content.fields === undefined,
      }),
    );
  return [
    ...Object.entries(binding.messages ?? {}).flatMap(([message, content]) =>
      contentUses([...at, 'messages', message], content, {
        from: 'device',
        scope: { event: content.emit },
        owner: { kind: 'message', name: message },
      }),
    ),
    ...Object.entries(binding.commands ?? {}).flatMap(([command, sendings]) =>
      sendings.flatMap((content, step) =>
        contentUses([...at, 'commands', command, step], content, {
          from: 'gateway',
          scope: { command },
          owner: { kind: 'command', name: command },
        }),
      ),
    ),
    ...(binding.polls ?? []).flatMap((content, index) =>
      contentUses([...at, 'polls', index], content, {
        from: 'gateway',
        scope: {},
        owner: { kind: 'poll', name: String(index) },
      }),
    ),
  ];
};

type Placed = { readonly field: Field; readonly shared: Shared; readonly isText: boolean };

const usesIn = (at: At, { field, shared, isText }: Placed): readonly FieldUse[] => {
  const plain = (place: At, inner: PlainField, isList: boolean): FieldUse => ({
    at: isText ? at : place,
    field: inner,
    path: inner.value,
    isList,
    ...shared,
  });
  if ('repeat' in field) {
    return field.repeat.fields.map((inner, i) =>
      plain([...at, 'repeat', 'fields', i], inner, true),
    );
  }
  if ('tlv' in field) {
    return Object.entries(field.tlv.items).flatMap(([tag, fields]) =>
      fields.map((inner, i) => plain([...at, 'tlv', 'items', tag, i], inner, false)),
    );
  }
  return [plain(at, field, false)];
};

const modbusUses = (at: At, binding: ModbusBinding): readonly FieldUse[] => [
  ...binding.registers.map((field, index): FieldUse => ({
    at: [...at, 'registers', index],
    field,
    path: field.value,
    isList: field.count !== undefined,
    from: 'device',
    scope: {},
    owner: { kind: 'register', name: String(index) },
  })),
  ...Object.entries(binding.commands ?? {}).flatMap(([command, writes]) =>
    writes.map((field, step): FieldUse => ({
      at: [...at, 'commands', command, step],
      field,
      path: field.value,
      isList: false,
      from: 'gateway',
      scope: { command },
      owner: { kind: 'command', name: command },
    })),
  ),
];
