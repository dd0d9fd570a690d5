import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { readModelFiles } from './adapters/model-files.ts';
import { profileSchema } from './profile-schema.ts';
import { changedLock, sampleLock } from './testing/sample-lock.ts';

// What an editor does with the file: another program reads the schema.
const ajv = new Ajv2020({ strict: false });
const validate = ajv.compile(JSON.parse(profileSchema()) as object);
const models = await readModelFiles();

describe('the JSON Schema of the language', () => {
  it.each([...models, { name: 'sample', text: sampleLock }])('accepts $name', ({ text }) => {
    validate(parse(text));
    expect(validate.errors).toBe(null);
  });

  it.each([
    ['a misspelt key', 'silenceMs: 100', 'silenceMS: 100'],
    ['a name that is none', '    beep:\n      title', '    be-ep:\n      title'],
    ['an unknown unit', 'unit: V', 'unit: Volt'],
  ])('refuses %s', (_case, from, to) => {
    expect(validate(parse(changedLock(from, to)))).toBe(false);
  });
});
