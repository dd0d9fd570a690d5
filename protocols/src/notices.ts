import Type from 'typebox';
import { fill, languages } from './text.ts';
import type { Language, Text } from './text.ts';

/** As many as a list of them shows. */
export const noticesMax = 50;

/** A value that is not the same in both languages has both. */
const NoticeValue = Type.Union([
  Type.String({ maxLength: 200 }),
  Type.Object({ zh: Type.String({ maxLength: 200 }), en: Type.String({ maxLength: 200 }) }),
]);
export const NoticeValues = Type.Record(Type.String(), NoticeValue);
export type NoticeValues = Type.Static<typeof NoticeValues>;

export type NoticeRow = {
  readonly title: Text;
  /** With `{name}` for a value of its data. */
  readonly text: Text;
  /** What to do, above all if it was somebody else; empty where there is nothing. */
  readonly next: Text;
};

/** What a person can be told, and in which words. Kinds are `noun.past` and never renamed. */
export const noticeKinds = {
  /** `browser`: where the card lives now. */
  'phone.replaced': {
    title: { zh: '校园卡已换到另一部手机', en: 'Your card moved to another phone' },
    text: {
      zh: '校园卡现在在“{browser}”上。原来的手机不再能开门，实验室和库房一天后才开。',
      en: 'It now lives in {browser}. The former phone opens nothing; labs and stores wait a day.',
    },
    next: {
      zh: '不是本人操作？请立即挂失，再到卡务中心',
      en: 'Not you? Freeze the card now, then visit the card desk',
    },
  },
  'phone.key_ended': {
    title: { zh: '手机上的动态码已停用', en: 'The key on your phone was ended' },
    text: {
      zh: '同一个动态码在两处被使用，或有人复制了密钥。为安全起见，原密钥已作废。',
      en: 'One of its codes was used in two places, or somebody copied the key. It opens nothing now.',
    },
    next: {
      zh: '打开校园卡重新启用；若把码给过别人，请勿再给',
      en: 'Open the card to set it up again; never hand a code on',
    },
  },
  /** `name`: whose card. `by`: who did it. `reason`: in their words. */
  'card.frozen': {
    title: { zh: '校园卡已挂失', en: 'The card was frozen' },
    text: {
      zh: '{name}的校园卡已挂失（{by}）。原因：{reason}',
      en: 'The card of {name} was frozen ({by}). Reason: {reason}',
    },
    next: {
      zh: '卡还在手里？登录后可以自己解挂，或到卡务中心',
      en: 'Still have it? Sign in and unfreeze it, or visit the card desk',
    },
  },
  'card.unfrozen': {
    title: { zh: '校园卡已解挂', en: 'The card was unfrozen' },
    text: {
      zh: '{name}的校园卡已解挂（{by}）。',
      en: 'The card of {name} was unfrozen ({by}).',
    },
    next: {
      zh: '不是本人操作？请立即再次挂失',
      en: 'Not you? Freeze it again at once',
    },
  },
  /** `place`: where it lies. */
  'card.found': {
    title: { zh: '校园卡找到了', en: 'The card was found' },
    text: {
      zh: '{name}的校园卡有人拾到，现在放在：{place}。领取前保持挂失。',
      en: 'The card of {name} was found and lies here: {place}. It stays frozen until then.',
    },
    next: { zh: '本人去领取，领取时解挂', en: 'Collect it in person; that unfreezes it' },
  },
  'card.collected': {
    title: { zh: '校园卡已领回', en: 'The card was collected' },
    text: {
      zh: '{name}的校园卡已在“{place}”领回。',
      en: 'The card of {name} was collected: {place}.',
    },
    next: { zh: '不是本人领取？请立即挂失', en: 'Not you? Freeze the card now' },
  },
  'card.reported_found': {
    title: { zh: '有人说拾到了校园卡', en: 'Somebody writes that they found the card' },
    text: {
      zh: '关于{name}的校园卡，有人未登录留言：{place}。此消息未经核实。',
      en: 'About the card of {name}, somebody who is not signed in wrote: {place}. Unchecked.',
    },
    next: {
      zh: '先挂失；不要付款，不要告诉对方任何密码',
      en: 'Freeze it first; pay nothing and tell nobody a password',
    },
  },
  /** `tail`: the last digits of the new chip. */
  'card.replaced': {
    title: { zh: '新卡已启用', en: 'The new card works' },
    text: {
      zh: '{name}的新卡（尾号 {tail}）已启用，旧卡作废。手机上的校园卡不变。',
      en: 'The new card of {name} (ending {tail}) works; the old one is void. The phone stays.',
    },
    next: { zh: '不是本人办理？请立即挂失', en: 'Not you? Freeze the card now' },
  },
  'card.replace_undone': {
    title: { zh: '换卡已撤销', en: 'The replacement was undone' },
    text: {
      zh: '{name}的卡（尾号 {tail}）没有启用，原来的卡照旧。',
      en: 'The card of {name} (ending {tail}) is void again; the former one is as it was.',
    },
    next: { zh: '请看卡务中心的说明', en: 'Ask the card desk' },
  },
  /** `before`: day and time. */
  'key.lapses': {
    title: { zh: '请联网打开校园卡', en: 'Open your card online' },
    text: {
      zh: '很久没有联网打开校园卡了。{before} 前联网打开一次，否则门禁不再认这部手机。',
      en: 'It has not been opened online for long. Open it before {before}, or doors stop knowing it.',
    },
    next: { zh: '现在打开这个页面就可以', en: 'Having this page open now is enough' },
  },
  'key.lapsed': {
    title: { zh: '校园卡因久未联网已停用', en: 'Your card lapsed on its phone' },
    text: {
      zh: '手机太久没有联网打开校园卡，门禁不再认它。卡本身没有变化。',
      en: 'It was not opened online for too long, so doors no longer know it. The card is unchanged.',
    },
    next: {
      zh: '联网打开校园卡页面，几秒后自动恢复',
      en: 'Open the card page online; it comes back in seconds',
    },
  },
  /** `number`: of the card. `kind`: as whom. `to`: the last day. */
  'card.issued': {
    title: { zh: '您有一张新的校园卡', en: 'You have a new card' },
    text: {
      zh: '{name}的校园卡 {number}（{kind}）已开通，有效至 {to}。',
      en: 'Card {number} of {name} ({kind}) was issued; it holds until {to}.',
    },
    next: { zh: '有疑问请到卡务中心', en: 'Questions? Ask the card desk' },
  },
  'card.ended': {
    title: { zh: '校园卡已注销', en: 'The card has ended' },
    text: {
      zh: '{name}的校园卡 {number} 已注销，卡片、手机和 PIN 都不再能用。原因：{reason}',
      en: 'Card {number} of {name} has ended; its chips, phone and PIN open nothing. Reason: {reason}',
    },
    next: { zh: '有疑问请到卡务中心', en: 'Questions? Ask the card desk' },
  },
  /** `kind`: card, wristband or tag. `tail`: its last digits. */
  'uid.given': {
    title: { zh: '校园卡添加了卡片', en: 'Something new opens your doors' },
    text: {
      zh: '{name}的校园卡添加了{kind}（尾号 {tail}）。',
      en: 'A {kind} ending {tail} now belongs to the card of {name}.',
    },
    next: { zh: '不是本人办理？请立即挂失', en: 'Not you? Freeze the card now' },
  },
  'uid.ended': {
    title: { zh: '一张卡片已停用', en: 'A chip was ended' },
    text: {
      zh: '{name}的{kind}（尾号 {tail}）已停用，其余照旧。',
      en: 'The {kind} of {name} ending {tail} opens nothing any more; all else stays.',
    },
    next: { zh: '有疑问请到卡务中心', en: 'Questions? Ask the card desk' },
  },
  /** `number`: what is typed before the PIN. */
  'pin.set': {
    title: { zh: '校园卡设置了 PIN', en: 'The card has a new PIN' },
    text: {
      zh: '{name}的校园卡设置了新的 PIN（编号 {number}），原来的作废。',
      en: 'The card of {name} has a new PIN (number {number}); a former one is void.',
    },
    next: { zh: '不是本人办理？请立即挂失', en: 'Not you? Freeze the card now' },
  },
  'pin.ended': {
    title: { zh: 'PIN 已停用', en: 'The PIN was ended' },
    text: {
      zh: '{name}的 PIN（编号 {number}）已停用，其余照旧。',
      en: 'The PIN of {name} (number {number}) opens nothing any more; all else stays.',
    },
    next: { zh: '有疑问请到卡务中心', en: 'Questions? Ask the card desk' },
  },
} as const satisfies Readonly<Record<string, NoticeRow>>;

export type NoticeKind = keyof typeof noticeKinds;

const isNoticeKind = (kind: string): kind is NoticeKind => Object.hasOwn(noticeKinds, kind);

const valuesIn = (data: NoticeValues, language: Language): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(data).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : value[language],
    ]),
  );

const filled = (template: Text, data: NoticeValues): Text => {
  const [zh, en] = languages.map((language) => fill(template[language], valuesIn(data, language)));
  return { zh: zh ?? '', en: en ?? '' };
};

/** The words of a notice. A kind of a newer release, which has no row here, is called by its name. */
export const noticeWords = (kind: string, data: NoticeValues): NoticeRow => {
  if (!isNoticeKind(kind)) {
    return { title: { zh: kind, en: kind }, text: { zh: '', en: '' }, next: { zh: '', en: '' } };
  }
  const { title, text, next } = noticeKinds[kind];
  return { title, text: filled(text, data), next };
};
