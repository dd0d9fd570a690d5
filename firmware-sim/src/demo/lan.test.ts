import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { beforeAll, describe, expect, it } from 'vitest';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { createLanNotice } from './lan.ts';

const name = (zh: string, en: string) => ({
  id: '01990000-0000-7000-8000-000000000001',
  name: { zh, en },
  affiliation: 'student',
  unit: { zh: '', en: '' },
});

const offer = (token: string) => ({
  lan: {
    url: 'https://192.0.2.7:8443',
    others: ['https://198.51.100.7:8443'],
    logins: [
      {
        person: name('李雷', 'Li Lei'),
        role: 'student',
        url: `https://192.0.2.7:8443/lan/${token}`,
      },
      {
        person: name('王芳', 'Wang Fang'),
        role: 'guard',
        url: `https://192.0.2.7:8443/lan/${token}`,
      },
    ],
  },
});

const listen = (hasColours = false) => {
  const said: { event: string; fields: object; text: string }[] = [];
  const notice = createLanNotice((event, fields, text) => {
    said.push({ event, fields, text });
  }, hasColours);
  return { ...notice, said };
};

beforeAll(() => {
  const wasm = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
  prepareZXingModule({ overrides: { wasmBinary: readFileSync(wasm).buffer } });
});

const pixels = 4;
/** Upper and lower half of a character cell that are lit. */
const halves: Readonly<Record<string, readonly [boolean, boolean]>> = {
  ' ': [false, false],
  '▀': [true, false],
  '▄': [false, true],
  '█': [true, true],
};

/** A photograph of the terminal: light characters on a dark ground. */
const photograph = (lines: readonly string[]) => {
  const width = (lines[0]?.length ?? 0) * pixels;
  const height = lines.length * 2 * pixels;
  const data = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < width * height; i += 1) {
    const [x, y] = [Math.floor((i % width) / pixels), Math.floor(i / width / pixels)];
    const isLit = halves[lines[y >> 1]?.[x] ?? ' ']?.[y % 2] ?? false;
    data.set(isLit ? [255, 255, 255, 255] : [0, 0, 0, 255], i * 4);
  }
  return { data, width, height, colorSpace: 'srgb' as const };
};

describe('the codes for phones', () => {
  it('come after the demo is ready, the last ones alone, then each that follow', () => {
    const { hear, open, said } = listen();
    hear(offer('first-of-them'));
    hear(offer('second-of-them'));
    expect(said).toEqual([]);
    open();
    hear(offer('third-of-them'));
    expect(said.map(({ event, fields }) => [event, fields])).toEqual([
      ['lan', offer('second-of-them').lan],
      ['lan', offer('third-of-them').lan],
    ]);
  });

  it('are shown as QR, with the name, the role and the link of each', () => {
    const { hear, open, said } = listen();
    open();
    hear(offer('AbCd'));
    const text = said[0]?.text ?? '';
    expect(text).toMatch(/李雷 Li Lei · student\n[ ▀▄█]+\n/);
    expect(text).toMatch(/王芳 Wang Fang · guard\n[ ▀▄█]+\n/);
    expect(text.match(/^ {2}https:\/\/192\.0\.2\.7:8443\/lan\/AbCd$/gm)).toHaveLength(2);
    expect(text).toContain('https://198.51.100.7:8443');
    expect(text).not.toContain('\u001b');
  });

  it('are read by a decoder that is not ours, which is told of no inverted codes', async () => {
    const { hear, open, said } = listen();
    open();
    hear(offer('AbCdEfGhIjKlMnOpQrStUv'));
    const codes = (said[0]?.text ?? '').match(/(?:^[ ▀▄█]{20,}\n)+/gm) ?? [];
    expect(codes).toHaveLength(2);
    for (const code of codes) {
      const image = photograph(code.trimEnd().split('\n'));
      const [read] = await readBarcodes(image, { formats: ['QRCode'], tryInvert: false });
      expect(read?.text).toBe('https://192.0.2.7:8443/lan/AbCdEfGhIjKlMnOpQrStUv');
    }
  });

  it('are white on black in a terminal of any colours', () => {
    const { hear, open, said } = listen(true);
    open();
    hear(offer('AbCd'));
    const lines = (said[0]?.text ?? '').split('\n').filter((line) => line.includes('█'));
    expect(lines.length).toBeGreaterThan(20);
    for (const line of lines) {
      expect(line.startsWith('\u001b[97;40m') && line.endsWith('\u001b[0m')).toBe(true);
    }
  });

  it('are nothing else that a program says', () => {
    const { hear, open, said } = listen();
    open();
    for (const other of [null, 'lan', { ready: true }, { lan: {} }, { lan: { url: 1 } }]) {
      hear(other);
    }
    expect(said).toEqual([]);
  });
});
