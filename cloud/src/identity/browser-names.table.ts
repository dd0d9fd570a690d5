import type { Text } from '@gatehouse/protocols';

type Named = { readonly mark: RegExp; readonly name: Text };

const plain = (mark: RegExp, name: string): Named => ({ mark, name: { zh: name, en: name } });

/** What a browser calls itself, the most special first: most of them name several others. */
const browsers: readonly Named[] = [
  { mark: /wxwork/i, name: { zh: '企业微信', en: 'WeCom' } },
  { mark: /MicroMessenger/i, name: { zh: '微信', en: 'WeChat' } },
  { mark: /DingTalk/i, name: { zh: '钉钉', en: 'DingTalk' } },
  { mark: /Lark|Feishu/i, name: { zh: '飞书', en: 'Feishu' } },
  { mark: /AlipayClient/i, name: { zh: '支付宝', en: 'Alipay' } },
  { mark: /MQQBrowser/i, name: { zh: 'QQ 浏览器', en: 'QQ Browser' } },
  { mark: /\bQQ\//, name: { zh: 'QQ', en: 'QQ' } },
  { mark: /HuaweiBrowser/i, name: { zh: '华为浏览器', en: 'Huawei Browser' } },
  { mark: /MiuiBrowser/i, name: { zh: '小米浏览器', en: 'Mi Browser' } },
  { mark: /UCBrowser/i, name: { zh: 'UC 浏览器', en: 'UC Browser' } },
  { mark: /SamsungBrowser/i, name: { zh: '三星浏览器', en: 'Samsung Internet' } },
  plain(/\bEdgA?\/|EdgiOS/, 'Edge'),
  plain(/Firefox|FxiOS/, 'Firefox'),
  plain(/Chrome|CriOS/, 'Chrome'),
  plain(/Safari/, 'Safari'),
];

const systems: readonly Named[] = [
  plain(/iPhone/, 'iPhone'),
  plain(/iPad/, 'iPad'),
  { mark: /HarmonyOS|OpenHarmony/i, name: { zh: '鸿蒙', en: 'HarmonyOS' } },
  { mark: /Android/, name: { zh: '安卓', en: 'Android' } },
  plain(/Windows/, 'Windows'),
  plain(/Mac OS X|Macintosh/, 'Mac'),
  plain(/Linux/, 'Linux'),
];

const unknown: Text = { zh: '另一个浏览器', en: 'another browser' };
const agentCharsMax = 512;

const nameIn = (rows: readonly Named[], agent: string): Text | undefined =>
  rows.find(({ mark }) => mark.test(agent))?.name;

/**
 * What to call the browser of a request, for the person to know it again. Only words of this table
 * come out: the header is whatever its sender wrote.
 */
export const browserName = (userAgent: string | undefined): Text => {
  const agent = (userAgent ?? '').slice(0, agentCharsMax);
  const browser = nameIn(browsers, agent);
  const system = nameIn(systems, agent);
  if (browser === undefined) return system ?? unknown;
  if (system === undefined) return browser;
  return { zh: `${browser.zh}（${system.zh}）`, en: `${browser.en} (${system.en})` };
};
