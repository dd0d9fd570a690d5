import { describe, expect, it } from 'vitest';
import { missingPackages, neededPrograms } from './programs.ts';
import { lacking } from './suites.ts';

describe('needed programs', () => {
  it.each([
    { text: "import { it } from 'vitest';\n", needs: [] },
    { text: '// needs: chromium\n', needs: ['chromium'] },
    { text: '// needs: chromium, zbarimg\nrest', needs: ['chromium', 'zbarimg'] },
    { text: '\n// needs: chromium\n', needs: [] },
  ])('reads $needs from $text', ({ text, needs }) => {
    expect(neededPrograms(text)).toEqual(needs);
  });

  it('refuses a program that the table does not know', () => {
    expect(() => neededPrograms('// needs: chromiun\n')).toThrow("no program 'chromiun'");
  });
});

describe('missing packages', () => {
  const needs = new Set(['chromium', 'firefox', 'socat', 'docker'] as const);

  it('asks only for what is needed and absent, each once', () => {
    expect(missingPackages(needs, { socat: '/usr/bin/socat' }, false)).toEqual([
      'chromium',
      'fonts-noto-cjk',
      'firefox-esr',
    ]);
  });

  it('asks for no second browser where a full one serves', () => {
    const full = { 'chromium-headless-shell': '/usr/bin/chromium' };
    expect(missingPackages(new Set(['chromium-headless-shell']), full, true)).toEqual([]);
    expect(missingPackages(new Set(['chromium-headless-shell']), {}, true)).toEqual([
      'chromium-headless-shell',
    ]);
  });

  it('asks for the fonts alone where the browser is there without them', () => {
    const found = { chromium: '/usr/bin/chromium', firefox: '/usr/bin/firefox-esr', socat: '/s' };
    expect(missingPackages(needs, found, false)).toEqual(['fonts-noto-cjk']);
  });
});

describe('a suite that cannot run', () => {
  it('names what it lacks', () => {
    const suite = { path: 'a.system.test.ts', needs: ['chromium', 'socat'] } as const;
    expect(lacking(suite, { socat: '/usr/bin/socat' })).toEqual(['chromium']);
  });
});
