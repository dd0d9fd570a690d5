import { describe, expect, it } from 'vitest';
import { noticeKinds, noticeWords } from './notices.ts';
import { languages } from './text.ts';

const kinds = Object.entries(noticeKinds);

describe('each notice', () => {
  it.each(kinds)('%s speaks both languages, with the same values in both', (kind, row) => {
    expect(kind).toMatch(/^[a-z]+\.[a-z_]+$/);
    for (const words of [row.title, row.text]) {
      expect(words.zh).toMatch(/\p{Script=Han}/u);
      expect(words.en).toMatch(/^[ -~]+$/);
    }
    const names = languages.map((language) =>
      [...row.text[language].matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? ''),
    );
    expect(new Set(names[0])).toEqual(new Set(names[1]));
  });
});

describe('the words of a notice', () => {
  it('are filled with its values, each in its language', () => {
    const browser = { zh: '微信（安卓）', en: 'WeChat (Android)' };
    const { text } = noticeWords('phone.replaced', { browser });
    expect(text.zh).toContain('“微信（安卓）”');
    expect(text.en).toContain('lives in WeChat (Android).');
    expect(noticeWords('phone.replaced', { browser: 'Firefox' }).text.zh).toContain('“Firefox”');
  });

  it.each([[{}], [{ browser: '{browser}' }], [{ constructor: 'x' }]])('take %j', (data) => {
    expect(noticeWords('phone.replaced', data).text.en).toMatch(/^It now lives in/);
  });

  it.each(['card.teleported', 'constructor', ''])('are its name where %j is not known', (kind) => {
    expect(noticeWords(kind, { browser: 'x' })).toEqual({
      title: { zh: kind, en: kind },
      text: { zh: '', en: '' },
      next: { zh: '', en: '' },
    });
  });
});
