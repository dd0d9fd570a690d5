import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { subcommands } from './profile-command/commands.ts';
import { profileOf } from './testing/profiles.ts';
import { runVectors } from './vectors/run-vectors.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'profiles.md'), 'utf8');

describe('the page about the language', () => {
  it('shows a profile that is good and proved', () => {
    const [, text = ''] = /```yaml\n([^]*?)```/.exec(page) ?? [];
    const { results, coverage } = runVectors(profileOf(text));
    expect(results.filter(({ ok }) => !ok)).toEqual([]);
    expect(coverage.missing).toEqual([]);
  });

  it.each(subcommands)('names the command $name', ({ name }) => {
    expect(page).toContain(`npm run profile -- ${name}`);
  });
});
