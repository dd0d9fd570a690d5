import { hexText } from '@gatehouse/device-profiles';
import { utf8 } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { releasedProfiles } from '../testing/custom-profiles.ts';
import { tryOut } from './decode.ts';

const profileOf = (id: string) => {
  const found = releasedProfiles.get(id);
  if (found === undefined) throw new Error(id);
  return found.profile;
};
const turnstile = profileOf('gatehouse-turnstile-t1');
const scanner = profileOf('gatehouse-scanner-s1');
const asked = '01 02 00 00 00 07 39 C8';
const keyboard = profileOf('gatehouse-scanner-h1');
const head = profileOf('gatehouse-scanner-n1');
const keys = { binding: 'keyboard', params: {} };
const push = { binding: 'push', params: {} };
const modbus = { binding: 'modbus', params: {} };
const serial = { binding: 'serial', params: {} };

/** linux/input.h, 64-bit: a key goes down. */
const keyOf = (code: string): string => `${'00'.repeat(16)}0100${code}0001000000`;

/** Bytes from the vectors of the profiles; what a try-out says of them. */
const rows: readonly (readonly [string, typeof turnstile, Parameters<typeof tryOut>[1], object])[] =
  [
    [
      'a line',
      scanner,
      { ...serial, text: 'A0 7%\r' },
      { fault: null, frames: [{ message: 'scan', events: [{ fields: { text: 'A0 7%' } }] }] },
    ],
    [
      'two lines and noise',
      scanner,
      { ...serial, hex: '41 0D 42 0D 41 00 0D' },
      { frames: [{ message: 'scan' }, { message: 'scan' }, { message: null, fault: 'not_text' }] },
    ],
    [
      'a reply with its request',
      turnstile,
      { ...modbus, hex: '0102016FE1A4', asked },
      { frames: [{ message: 'discrete 0', values: { 'state.fire': true }, fault: null }] },
    ],
    [
      'an exception',
      turnstile,
      { ...modbus, hex: '01 82 02 C1 61', asked },
      { frames: [{ fault: 'exception_illegal_address' }] },
    ],
    [
      'a reply alone',
      turnstile,
      { ...modbus, hex: '0102016FE1A4' },
      { fault: { code: 'no_request' } },
    ],
    [
      'a damaged reply',
      turnstile,
      { ...modbus, hex: '01 02 01 00 A1 89', asked },
      { fault: { code: 'bad_reply', at: 'bad_checksum' } },
    ],
    [
      'a command',
      turnstile,
      { ...modbus, command: 'closeEntry', args: {} },
      { sends: [{ hex: '01 06 00 10 00 00 88 0F' }, { hex: '01 05 00 00 00 00 CD CA' }] },
    ],
    [
      'a command of lines',
      scanner,
      { ...serial, command: 'show', args: { lamp: 'green', tone: 'ok', text: '' } },
      { fault: null, sends: [{ reply: null }] },
    ],
    [
      'too long an opening',
      turnstile,
      { ...modbus, command: 'openEntry', args: { ms: 30_100 } },
      { fault: { code: 'bad_args', at: 'args.ms out_of_range' }, sends: [] },
    ],
    [
      'a command of no profile',
      turnstile,
      { ...modbus, command: 'toString' },
      { fault: { code: 'unknown_command' } },
    ],
    [
      'a typed line',
      keyboard,
      { ...keys, text: ']Q1A0/B\r' },
      { fault: null, frames: [{ message: 'qr', events: [{ fields: { text: 'A0/B' } }] }] },
    ],
    [
      'a line without its end key',
      keyboard,
      { ...keys, text: 'A' },
      { frames: [{ fault: 'truncated' }] },
    ],
    ['what no key types', keyboard, { ...keys, text: '码\r' }, { fault: { code: 'not_typed' } }],
    ['no keys', keyboard, { ...keys, text: '' }, { fault: { code: 'nothing' } }],
    [
      'events of a keyboard',
      keyboard,
      { ...keys, hex: `${keyOf('1E')}${keyOf('1C')}` },
      { frames: [{ message: 'scan', events: [{ fields: { text: 'a' } }] }] },
    ],
    [
      'a command for a keyboard',
      keyboard,
      { ...keys, command: 'show', args: {} },
      { fault: { code: 'only_types', at: 'show' } },
    ],
    [
      'a pushed scan',
      head,
      { ...push, text: '{"type":"scan","seq":7,"code":" A0%"}' },
      {
        fault: null,
        frames: [{ message: 'scan', events: [{ fields: { text: ' A0%' } }], answer: null }],
      },
    ],
    [
      'a pushed state, and what it is answered',
      head,
      { ...push, hex: hexText(utf8('{"type":"status","seq":8,"relay":true,"cover":false}')) },
      {
        frames: [
          {
            values: { 'state.release': true, 'state.tamper': false },
            answer: hexText(utf8('{"ok":true}')),
          },
        ],
      },
    ],
    ['half a request', head, { ...push, text: '{"type":"sc' }, { frames: [{ fault: 'bad_text' }] }],
    ['a request that is no text', head, { ...push, hex: 'C0 80' }, { fault: { code: 'not_utf8' } }],
    [
      'a command in an answer',
      head,
      { ...push, command: 'openEntry', args: { ms: 2500 } },
      {
        fault: null,
        sends: [{ hex: hexText(utf8('{"open":true,"ms":"2500","text":""}')), reply: null }],
      },
    ],
    [
      'too long an opening in an answer',
      head,
      { ...push, command: 'openEntry', args: { ms: 30_100 } },
      { fault: { code: 'bad_args', at: 'args.ms out_of_range' }, sends: [] },
    ],
    ['no hexadecimal', scanner, { ...serial, hex: '4' }, { fault: { code: 'not_hex' } }],
    ['nothing', scanner, serial, { fault: { code: 'nothing' } }],
    ['no bytes', scanner, { ...serial, text: '' }, { fault: { code: 'nothing' } }],
    [
      'another wire',
      scanner,
      { binding: '__proto__', params: {}, text: 'x' },
      { fault: { code: 'profile_binding' } },
    ],
  ];

describe('trying a profile out', () => {
  it.each(rows)('%s', (_, profile, given, expected) => {
    expect(tryOut(profile, given)).toMatchObject(expected);
  });
});
