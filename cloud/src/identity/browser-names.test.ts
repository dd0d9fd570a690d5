import { describe, expect, it } from 'vitest';
import { browserName } from './browser-names.table.ts';

const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)';
const iphone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X)';
const android = 'Mozilla/5.0 (Linux; Android 14; PJD110)';

/** User agent, zh, en. */
const rows: readonly (readonly [string | undefined, string, string])[] = [
  [
    `${android} ${webkit} Chrome/131.0.0.0 Mobile Safari/537.36`,
    'Chrome（安卓）',
    'Chrome (Android)',
  ],
  [
    `${android} ${webkit} Version/4.0 Chrome/138 Safari/537.36 XWEB/1380267 MicroMessenger/8.0.63`,
    '微信（安卓）',
    'WeChat (Android)',
  ],
  [
    `${iphone} AppleWebKit/605.1.15 MicroMessenger/8.0.60 wxwork/4.1.36`,
    '企业微信（iPhone）',
    'WeCom (iPhone)',
  ],
  [
    `${iphone} AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1`,
    'Safari（iPhone）',
    'Safari (iPhone)',
  ],
  [
    `${iphone} AppleWebKit/605.1.15 CriOS/131.0 Mobile Safari/604.1`,
    'Chrome（iPhone）',
    'Chrome (iPhone)',
  ],
  [
    `${android} ${webkit} Chrome/130 Mobile Safari/537.36 EdgA/130.0`,
    'Edge（安卓）',
    'Edge (Android)',
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0; rv:132.0) Gecko/20100101 Firefox/132.0',
    'Firefox（Windows）',
    'Firefox (Windows)',
  ],
  [iphone, 'iPhone', 'iPhone'],
  ['curl/8.9.1', '另一个浏览器', 'another browser'],
  [undefined, '另一个浏览器', 'another browser'],
  ['<script>alert(1)</script> {browser}', '另一个浏览器', 'another browser'],
  [`${'x'.repeat(512)} Firefox`, '另一个浏览器', 'another browser'],
];

describe('a browser is called', () => {
  it.each(rows)('%s', (agent, zh, en) => {
    expect(browserName(agent)).toEqual({ zh, en });
  });
});
