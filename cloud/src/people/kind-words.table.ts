import type { AffiliationKind, Text, UidKind } from '@gatehouse/protocols';

/** As whom somebody holds a card, in a notice. */
export const kindWords: Readonly<Record<AffiliationKind, Text>> = {
  student: { zh: '学生', en: 'student' },
  teacher: { zh: '教师', en: 'teacher' },
  staff: { zh: '职工', en: 'staff' },
  guardian: { zh: '监护人', en: 'guardian' },
  visitor: { zh: '访客', en: 'visitor' },
};

export const uidWords: Readonly<Record<UidKind, Text>> = {
  card: { zh: '卡片', en: 'card' },
  wristband: { zh: '腕带', en: 'wristband' },
  tag: { zh: '标签', en: 'tag' },
};
