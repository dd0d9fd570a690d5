import type { PlainField } from '@gatehouse/protocols';
import { kindOf } from '../compile/http-push.ts';
import { shownBy } from '../compile/push-answer.ts';
import { linesOf } from '../compile/usb-hid.ts';
import type { Binding, Message, PlainBinding, SerialBinding } from '../language/bindings.ts';
import type { HttpPushBinding, PushedMessage } from '../language/http-push.ts';
import type { DeviceProfile, PlainProfile } from '../language/profile.ts';
import { entryAt, own, scalarType } from '../language/values.ts';

type Model = DeviceProfile['model'];

/**
 * Keys and requests as lines of text that say the same: whatever holds of values, events and
 * commands on any wire is checked, counted and proved only once, on these.
 */
export const plainWires = (profile: DeviceProfile): PlainProfile => ({
  ...profile,
  bindings: Object.fromEntries(
    Object.entries(profile.bindings).map(([name, binding]) => [
      name,
      plainWire(profile.model, binding),
    ]),
  ),
});

/** What this wire can be told: of a head on the network, by its answers. */
export const carriedCommands = (profile: DeviceProfile, binding: string): readonly string[] => {
  const wire = own(profile.bindings, binding);
  return wire === undefined ? [] : Object.keys(plainWire(profile.model, wire).commands ?? {});
};

const plainWire = (model: Model, binding: Binding): PlainBinding => {
  if (binding.transport === 'usb-hid') return linesOf(binding);
  return binding.transport === 'http-push' ? pushedLines(model, binding) : binding;
};

const pushedLines = (model: Model, binding: HttpPushBinding): SerialBinding => ({
  transport: 'serial',
  line: { baud: 9600 },
  framing: { kind: 'lines', lineBytesMax: 4096, halfLineMaxMs: 100, sends: 'lf' },
  messages: Object.fromEntries(
    Object.entries(binding.messages).map(([name, message]) => [name, lineOf(model, message)]),
  ),
  commands: Object.fromEntries(
    Object.entries(model.commands ?? {})
      .filter(([, { norm }]) => kindOf(norm) !== undefined)
      .map(([name, { args }]) => {
        const shown = shownBy(binding.answers).filter((arg) => own(args, arg) !== undefined);
        return [name, [{ text: `${name} ${shown.map((arg) => `{args.${arg}};`).join('')}` }]];
      }),
  ),
});

const constant = (text: string): PlainField => ({ type: 'utf8', const: text });

const lineOf = (model: Model, { when, fields, emit }: PushedMessage): Message => ({
  ...(emit === undefined ? {} : { emit }),
  fields: [
    constant('?'),
    ...Object.entries(when ?? {}).map(([name, value]) => constant(`${name}=${String(value)};`)),
    ...Object.entries(fields ?? {}).flatMap(([name, path]): readonly PlainField[] => {
      const entry = entryAt(model, path, { event: emit });
      const isBoolean = entry !== undefined && scalarType(entry) === 'boolean';
      const type = { type: 'text', value: path, until: ';' } as const;
      return [
        constant(`${name}=`),
        isBoolean ? { ...type, enum: { true: true, false: false } } : type,
      ];
    }),
  ],
});
