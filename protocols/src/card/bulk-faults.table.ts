import type { Text } from '../text.ts';

/**
 * Why a row of a file of cards is refused: a stable code and what to do, `{what}` filled in.
 * Codes stand in result files, so a code is never given another meaning.
 */
export const bulkFaults = {
  quote: {
    zh: '引号不成对，或引号后还有文字：整行未读',
    en: 'A quotation mark is out of place: the line was not read',
  },
  cell_count: {
    zh: '单元格数目与表头不同（{what}）',
    en: 'Not as many cells as headings ({what})',
  },
  too_long: { zh: '文字过长', en: 'Too long' },
  control: { zh: '含有不可见的控制字符', en: 'Contains control characters' },
  number_missing: { zh: '缺少卡号', en: 'The number is missing' },
  number_form: {
    zh: '卡号“{what}”须为 1 至 20 位字母、数字或连字符；若显示为 2.02E+09，请将该列设为文本',
    en: 'Number "{what}": 1 to 20 letters, digits, hyphens. 2.02E+09? Format the column as text',
  },
  number_twice: {
    zh: '同一卡号也在第 {what} 行，请只留一行',
    en: 'Line {what} has this number too: keep one of them',
  },
  name_missing: { zh: '新卡缺少姓名', en: 'A new card needs a name' },
  kind_missing: { zh: '新卡缺少身份', en: 'A new card needs a kind' },
  kind: { zh: '不认识身份“{what}”', en: 'No such kind: "{what}"' },
  date: {
    zh: '日期“{what}”读不懂，请写成 2026-09-01',
    en: 'Date "{what}" cannot be read: write 2026-09-01',
  },
  date_order: { zh: '结束日期早于开始日期', en: 'It ends before it begins' },
  date_past: { zh: '结束日期已过（{what}）', en: 'Its end is over ({what})' },
  visitor_end: { zh: '访客须有结束日期', en: 'A visitor needs an end' },
  visitor_long: { zh: '访客最长 {what} 天', en: 'A visitor’s card lasts {what} days at most' },
  visitor_sponsor: { zh: '访客须有接待人的卡号', en: 'A visitor needs a sponsor' },
  sponsor_unknown: {
    zh: '接待人“{what}”没有可用的卡',
    en: 'No card in force has the sponsor’s number "{what}"',
  },
  sponsor_visitor: {
    zh: '接待人“{what}”是访客、其本人或已不在校',
    en: 'Sponsor "{what}" is a visitor, the same person, or belongs to the school no more',
  },
  sponsor_needless: { zh: '只有访客才有接待人', en: 'Only a visitor has a sponsor' },
  group_unknown: { zh: '没有群组“{what}”', en: 'No such group: "{what}"' },
  groups_many: { zh: '群组超过 50 个', en: 'More than 50 groups' },
  uid_form: { zh: '芯片号“{what}”不是十六进制序列号', en: 'Chip "{what}" is no UID in hex' },
  uid_random: {
    zh: '芯片号“{what}”每次读取都会变，不能使用',
    en: 'Chip "{what}" is a random UID, another one at each reading',
  },
  uid_kind: { zh: '不认识介质“{what}”', en: 'No such kind of chip: "{what}"' },
  uid_twice: {
    zh: '同一芯片也在第 {what} 行',
    en: 'Line {what} has this chip too',
  },
  uid_taken: { zh: '此芯片属于另一张卡', en: 'The chip belongs to another card' },
  card_ended: { zh: '此卡已注销，不能再改', en: 'This card has ended and cannot be changed' },
  not_written: {
    zh: '此行无法写入，未作任何改动；其余各行照常处理',
    en: 'This row could not be written; it changed nothing, and the others went on',
  },
} as const satisfies Readonly<Record<string, Text>>;

export type BulkFaultCode = keyof typeof bulkFaults;

/** The sentence of a fault in both languages. */
export const bulkFaultText = (code: BulkFaultCode, what: string): Text => ({
  zh: bulkFaults[code].zh.replace('{what}', () => what),
  en: bulkFaults[code].en.replace('{what}', () => what),
});
