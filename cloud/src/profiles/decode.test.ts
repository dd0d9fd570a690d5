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
const modbus = { binding: 'modbus', params: {} };
const serial = { binding: 'serial', params: {} };

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
