import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../bytes.ts';
import { compileFields } from './compile.ts';
import type { FieldType, Value } from './field.ts';
import { fieldsFault } from './fields-fault.ts';
import { fieldsOfText, textFault } from './template.ts';

type Row = readonly [
  template: string,
  typeOf: (path: string) => FieldType,
  text: string,
  values: Readonly<Record<string, Value>>,
];

const text = (): FieldType => 'text';
const wide = (): FieldType => 'utf8';
const digits = (): FieldType => 'digits';

const rows: readonly Row[] = [
  ['{event.text}', text, ' A0 7% ', { 'event.text': ' A0 7% ' }],
  ['{event.text}', text, '', { 'event.text': '' }],
  ['PING', text, 'PING', {}],
  [
    'LAMP {args.lamp};TONE {args.tone};TEXT {args.text}',
    wide,
    'LAMP green;TONE ok;TEXT 请进',
    { 'args.lamp': 'green', 'args.tone': 'ok', 'args.text': '请进' },
  ],
  [
    'T={telemetry.temperature}C H={telemetry.humidity}%',
    digits,
    'T=-5.25C H=48%',
    { 'telemetry.temperature': -5.25, 'telemetry.humidity': 48 },
  ],
  ['a{{{args.x}}}', text, 'a{1}', { 'args.x': '1' }],
  [
    '{args.a} and a text of more than sixteen {args.b}',
    text,
    'x and a text of more than sixteen y',
    { 'args.a': 'x', 'args.b': 'y' },
  ],
];

describe('text templates', () => {
  it.each(rows)('%s', (template, typeOf, line, values) => {
    expect(textFault(template)).toBeUndefined();
    const fields = fieldsOfText(template, typeOf);
    expect(fieldsFault(fields)).toBeUndefined();
    const codec = compileFields(fields);
    expect(codec.decode(utf8(line))).toEqual({ ok: true, values });
    expect(codec.encode(values)).toEqual({ ok: true, bytes: utf8(line) });
  });

  it.each([
    ['{args.a}{args.b}', 'nothing stands between'],
    ['{args.a', 'names no value'],
    ['{other.a}', 'names no value'],
    ['{}', 'names no value'],
    ['a}b', 'closes nothing'],
    ['', 'empty'],
    ['a\rb', 'control character'],
  ])('refuses %j', (template, message) => {
    expect(textFault(template)).toContain(message);
  });

  it.each(['LAMP greenTONE', 'lamp green;TONE ok;TEXT x', 'LAMP green;TONE ok'])(
    'another line is another message: %s',
    (line) => {
      const codec = compileFields(fieldsOfText('LAMP {args.a};TONE {args.b};TEXT {args.c}'));
      expect(codec.decode(utf8(line)).ok).toBe(false);
    },
  );

  it('keeps a value on its line, and in its place', () => {
    const codec = compileFields(fieldsOfText('A {args.a};B {args.b}'));
    const anyText = fc.string({ unit: 'binary-ascii', maxLength: 12 });
    fc.assert(
      fc.property(anyText, anyText, (a, b) => {
        const got = codec.encode({ 'args.a': a, 'args.b': b });
        const clean = (value: string) => value.replace(/[\u0000-\u001f\u007f]/g, ' ');
        if (!got.ok) {
          expect(`${clean(a)};B `.indexOf(';B ')).toBeLessThan(a.length);
          return;
        }
        expect(got.bytes.every((byte) => byte >= 0x20 && byte !== 0x7f)).toBe(true);
        expect(codec.decode(got.bytes)).toEqual({
          ok: true,
          values: { 'args.a': clean(a), 'args.b': clean(b) },
        });
      }),
    );
  });
});
