import type { FreezeWay, Text } from '@gatehouse/protocols';

/** Who did it, as a notice says it. */
export const wayWords: Readonly<Record<FreezeWay, Text>> = {
  self: { zh: '本人', en: 'by the holder' },
  code: { zh: '凭挂失码', en: 'with the code on paper' },
  guard: { zh: '门卫', en: 'by a guard' },
  warden: { zh: '宿管', en: 'by the warden' },
  guardian: { zh: '监护人', en: 'by a guardian' },
  desk: { zh: '卡务中心', en: 'by the card desk' },
  found: { zh: '有人拾到', en: 'because it was found' },
  doubt: { zh: '动态码使用存疑', en: 'because a use of its code is in doubt' },
};

/** Where nobody gave a reason. */
export const noReason: Text = { zh: '未填写', en: 'none given' };
