import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const folder = join(import.meta.dirname, '..', '..', 'migrations');

/**
 * Files that databases out there have run. They are never edited again: a change is the next file.
 * A new file joins this list with the release that brings it.
 */
const landed: Readonly<Record<string, string>> = {
  '001_core.sql': 'a7d6a634377dc1ffbd1187670c7d3d6b22b2bef044f0dd1be2798912bae02d82',
  '002_devices.sql': 'e06a14a2601f6e5d6e6defa6dd3f476c335647e2631cd6c786ab9d0a445c16ae',
  '003_profiles.sql': 'b63084c6f24bd619e81a64d384abc4033817ae15f7abe641fa7525ba072f97d0',
  '004_phones.sql': 'f8e9a3dae0a22a998fe4531ddb7ef1dedf206b9ba675bf60e2ba53655331b444',
  '005_uses.sql': '2e0c10f5bfc459c937439efc564399b431d66a7953ea02f0ad7f8619fb436304',
  '006_cards.sql': '9555cc99b98a331b6bb04a56d4ddbf4fab2d2eba545d044bbe83812531d73632',
  '007_time.sql': '10d8fa151a78a35928354dbae1429767198833b161caa00125a1fbe50327831e',
  '008_numbers.sql': 'c7c0cab8979a7086ff6991a2bd37ead25d7704b560da9680438d0460ef1f824d',
  '009_affiliations.sql': 'ed66fc2f8554d14d36773c0ef834122f3fe60769e9bf12d1df9bb811e8d0be09',
  '010_bulk_issue.sql': 'e3f3ba96bf42c206d9ce5c11bcac1c70171641189cd4e7381d9a59cca3c2c566',
  '011_failed_files.sql': 'e5152e341ea512f85c1c4f9d85c5ddbcf065c5e3c721fea33eb9cebe97294843',
};

const found = Object.fromEntries(
  readdirSync(folder)
    .toSorted()
    .map((name) => {
      const text = readFileSync(join(folder, name));
      return [name, createHash('sha256').update(text).digest('hex')];
    }),
);

describe('migrations', () => {
  it('are what was landed, byte for byte, and all of them', () => {
    expect(found, 'never edit what has landed: write the next file').toEqual(landed);
  });

  it('have names that say their order', () => {
    const numbers = Object.keys(found).map((name) => /^(\d{3})_[a-z_]+\.sql$/.exec(name)?.[1]);
    const expected = numbers.map((_, i) => String(i + 1).padStart(3, '0'));
    expect(numbers).toEqual(expected);
  });
});
