import { bulkColumns } from '@gatehouse/protocols';
import type { BulkCells, BulkColumn, Language } from '@gatehouse/protocols';
import { csvLine } from '../numbers/card-csv.ts';

const headings: Readonly<Record<Language, Readonly<Record<BulkColumn, string>>>> = {
  zh: {
    ...{ number: '卡号', name_zh: '姓名', name_en: '英文名', kind: '身份', unit_zh: '单位' },
    ...{ unit_en: '英文单位', from: '开始日期', to: '结束日期', groups: '群组' },
    ...{ uid: '芯片号', uid_kind: '芯片类型', sponsor: '接待人卡号' },
  },
  // Every column by its own name.
  en: Object.fromEntries(bulkColumns.map((name) => [name, name])) as Record<BulkColumn, string>,
};

type Row = Partial<BulkCells>;

const science = { unit_zh: '理学院 2026 级', unit_en: 'Science 2026' } as const;
const firstClass = { unit_zh: '一年级一班', unit_en: 'Grade 1 Class 1' } as const;

const studyYears = 4;
const visitMs = 7 * 24 * 60 * 60 * 1000;

/**
 * Ten rows to try on the demo campus: eight new people, two of them with wristbands and one a
 * visitor, a student who gets a new unit, and one that is refused: nobody knows its group.
 */
const rows = (nowMs: number): readonly Row[] => {
  const year = new Date(nowMs).getUTCFullYear();
  const from = `${year}-09-01`;
  const to = `${year + studyYears}-07-15`;
  const visitTo = new Date(nowMs + visitMs).toISOString().slice(0, 10);
  const student = { kind: 'student', ...science, from, to, groups: 'students|dorm-north-1' };
  const pupil = {
    kind: 'student',
    ...firstClass,
    from,
    to,
    groups: 'pupils',
    uid_kind: 'wristband',
  };
  const office = { unit_zh: '教务处', unit_en: 'Registry', groups: 'staff' };
  return [
    { number: 'N2026001', name_zh: '周明', name_en: 'Zhou Ming', ...student },
    { number: 'N2026002', name_zh: '吴敏', name_en: 'Wu Min', ...student, uid: '04A1B2C3D4E5F6' },
    { number: 'N2026003', name_zh: '郑洁', name_en: 'Zheng Jie', ...student },
    { number: 'P2026001', name_zh: '林小雨', name_en: 'Lin Xiaoyu', ...pupil, uid: '5A11C0DE' },
    { number: 'P2026002', name_zh: '何小舟', name_en: 'He Xiaozhou', ...pupil, uid: '5A11C0DF' },
    {
      number: 'T2026001',
      name_zh: '孙莉',
      name_en: 'Sun Li',
      kind: 'teacher',
      ...science,
      groups: 'teachers',
    },
    { number: 'S2026001', name_zh: '马强', name_en: 'Ma Qiang', kind: 'staff', ...office },
    {
      ...{ number: 'V2026001', name_zh: '唐宁', name_en: 'Tang Ning', kind: 'visitor' },
      ...{ to: visitTo, sponsor: '2024000007' },
    },
    { number: '2024000007', unit_zh: '计算机学院 2026 级', unit_en: 'Computing 2026' },
    { number: 'N2026004', name_zh: '冯雪', name_en: 'Feng Xue', ...student, groups: 'chess-club' },
  ];
};

/** A file to begin with, its dates about now. */
export const templateCsv = (language: Language, nowMs: number): string => {
  const names = headings[language];
  const body = rows(nowMs).map((row) => csvLine(bulkColumns.map((column) => row[column] ?? '')));
  return ['\ufeff', csvLine(bulkColumns.map((column) => names[column])), ...body].join('');
};
