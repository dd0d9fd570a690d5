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
