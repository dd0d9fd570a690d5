import { describe, expect, it } from 'vitest';
import { readModelFiles } from './adapters/model-files.ts';
import { catalogueOf, loadCatalogue } from './catalogue.ts';
import { compileProfile } from './compile/compile.ts';
import { sampleParams } from './check/compiled-rules.ts';
import { ProfileError } from './errors.ts';
import { sampleLock } from './testing/sample-lock.ts';

const files = await readModelFiles();
const catalogue = await loadCatalogue();

describe('the catalogue', () => {
  it('holds the models that the demo stands on', () => {
    const ids = [...catalogue.keys()];
    expect(ids).toEqual(expect.arrayContaining(['gatehouse-scanner-s1', 'gatehouse-turnstile-t1']));
    expect(ids).toEqual(ids.toSorted());
    expect(ids).toHaveLength(files.length);
  });

  it.each([...catalogue.values()])('$id can be used on each of its wires', (profile) => {
    expect(profile.title.zh).toMatch(/\p{Script=Han}/u);
    for (const binding of Object.keys(profile.bindings)) {
      const codec = compileProfile(profile, binding, sampleParams(profile));
      expect(codec.transport).toBe(profile.bindings[binding]?.transport);
    }
  });

  it('refuses a wire that is not there, with the ones that are', () => {
    const profile = catalogue.get('gatehouse-scanner-s1');
    expect(() => profile && compileProfile(profile, 'radio', {})).toThrow(
      'gatehouse-scanner-s1 has no binding radio: use serial',
    );
  });
});

const refusal = (...pairs: readonly (readonly [string, string])[]): string => {
  try {
    catalogueOf(pairs.map(([name, text]) => ({ name, text })));
    return 'accepted';
  } catch (error) {
    return error instanceof ProfileError ? error.message : String(error);
  }
};

describe('a catalogue is refused', () => {
  const twin = sampleLock.replace('id: sample-lock', 'id: other-lock');

  it.each<readonly [string, readonly (readonly [string, string])[], string]>([
    [
      'an id that is not the name',
      [['m/s2.yaml', sampleLock]],
      'm/s2.yaml:3:5 id must be the file’s name, s2',
    ],
    [
      'an id in two files',
      [
        ['m/sample-lock.yaml', sampleLock],
        ['n/sample-lock.yaml', sampleLock.replace('1a86', '1a87')],
      ],
      'n/sample-lock.yaml:3:5 id sample-lock stands in two files',
    ],
    [
      'a fingerprint of two',
      [
        ['m/sample-lock.yaml', sampleLock],
        ['m/other-lock.yaml', twin],
      ],
      'm/other-lock.yaml:10:12 identify.0 is a fingerprint of sample-lock too',
    ],
    [
      'faults of every file at once',
      [
        ['m/sample-lock.yaml', ''],
        ['m/s2.yaml', sampleLock],
      ],
      'm/sample-lock.yaml:1:1 is empty\nm/s2.yaml:3:5 id must be the file’s name, s2',
    ],
  ])('%s', (_case, pairs, fault) => {
    expect(refusal(...pairs)).toBe(`A device profile cannot be used:\n${fault}`);
  });

  it('but not two units that differ', () => {
    const other = twin.replace('1a86:7523', '1a86:7524');
    expect(refusal(['m/sample-lock.yaml', sampleLock], ['m/other-lock.yaml', other])).toBe(
      'accepted',
    );
  });
});
