import Value from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { readModelFiles } from './adapters/model-files.ts';
import { catalogueOf, loadCatalogue } from './catalogue.ts';
import { ProfileError } from './errors.ts';
import { DeviceProfile } from './profile.ts';

const files = await readModelFiles();
const catalogue = await loadCatalogue();

describe('the catalogue', () => {
  it('holds the models that the demo stands on', () => {
    expect([...catalogue].map(([id, { kind }]) => `${id} ${kind}`)).toEqual([
      'gatehouse-scanner-s1 line-scanner',
      'gatehouse-strike-d1 modbus-door',
      'gatehouse-turnstile-t1 modbus-door',
    ]);
  });

  it.each(files)('$name is a profile with the name of its file', ({ name, text }) => {
    const [[id, profile] = []] = [...catalogueOf([{ name, text }])];
    expect(name).toBe(`models/${id}.yaml`);
    expect(Value.Check(DeviceProfile, profile)).toBe(true);
    expect(profile?.title.zh).toMatch(/\p{Script=Han}/u);
    expect(profile?.title.en).toMatch(/^[A-Z]/);
  });
});

const scanner = `id: s1
kind: line-scanner
title: { zh: 扫码头, en: Scanner }
source: invented
serial: { baud: 9600, lineBytesMax: 512, halfLineMaxMs: 500 }
`;
const turnstile = files.find(({ name }) => name.includes('turnstile'))?.text ?? '';

const refusal = (name: string, text: string): string => {
  try {
    catalogueOf([{ name, text }]);
    return 'accepted';
  } catch (error) {
    return error instanceof ProfileError ? error.message : String(error);
  }
};

describe('a profile is refused', () => {
  it.each([
    ['an id that is not the name', 'models/s2.yaml', scanner, '1:5 id must be the file’s name, s2'],
    [
      'an unknown kind',
      'models/s1.yaml',
      scanner.replace('line-scanner', 'lamp'),
      '2:7 kind must be "line-scanner" or "modbus-door"',
    ],
    [
      'a misspelt key',
      'models/s1.yaml',
      scanner.replace('baud', 'buad'),
      '5:9 serial lacks baud\nmodels/s1.yaml:5:11 serial.buad is not an option here',
    ],
    [
      'a value out of range',
      'models/s1.yaml',
      scanner.replace('9600', '1'),
      '5:17 serial.baud must be >= 300',
    ],
    [
      'a form that cannot be filled',
      'models/s1.yaml',
      `${scanner}feedback: '{colour}'\n`,
      '6:11 feedback {colour} is unknown: use {lamp}, {tone} or {text}',
    ],
    [
      'two meanings of one input',
      'models/gatehouse-turnstile-t1.yaml',
      turnstile.replace('fire: 5', 'fire: 1'),
      '10:50 inputs.fire address 1 stands for something else above',
    ],
    [
      'two outputs on one register',
      'models/gatehouse-turnstile-t1.yaml',
      turnstile.replace('address: 17', 'address: 16'),
      '9:29 outputs.exit.timed.address address 16 stands for something else above',
    ],
  ])('%s', (_case, name, text, fault) => {
    expect(refusal(name, text)).toBe(`A device profile cannot be used:\n${name}:${fault}`);
  });

  it('names every fault of every file at once', () => {
    const bad = [
      { name: 'models/s2.yaml', text: scanner },
      { name: 'models/s1.yaml', text: '' },
      { name: 'other/s1.yaml', text: scanner },
    ];
    expect(() => catalogueOf(bad)).toThrow(
      /s2\.yaml:1:5 id .*\nmodels\/s1\.yaml:1:1 is empty\nother\/s1\.yaml:1:5 id s1 stands in two/s,
    );
  });
});
