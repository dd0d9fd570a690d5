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
