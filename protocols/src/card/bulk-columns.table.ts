/** What one row of a file of cards says. */
export const bulkColumns = [
  'number',
  'name_zh',
  'name_en',
  'kind',
  'unit_zh',
  'unit_en',
  'from',
  'to',
  'groups',
  'uid',
  'uid_kind',
  'sponsor',
] as const;
export type BulkColumn = (typeof bulkColumns)[number];

/** What a row may change: its columns, and the span of what the holder is to the school. */
export const bulkFields = [...bulkColumns, 'affiliation_from', 'affiliation_to'] as const;
export type BulkField = (typeof bulkFields)[number];

/** Each cell as text; a column that the file lacks is empty everywhere. */
export type BulkCells = Readonly<Record<BulkColumn, string>>;

/** Headings by which a column is known, besides its own name; letters in lower case. */
const headings: Readonly<Record<BulkColumn, readonly string[]>> = {
  number: ['card', 'card number', 'student number', '卡号', '学号', '工号', '学工号', '编号'],
  name_zh: ['name', 'chinese name', '姓名', '中文名', '中文姓名'],
  name_en: ['english name', '英文名', '英文姓名', '姓名拼音', '拼音'],
  kind: ['affiliation', 'type', '身份', '类别', '人员类别', '人员类型'],
  unit_zh: ['unit', 'department', 'class', '单位', '部门', '学院', '院系', '班级'],
  unit_en: ['english unit', '英文单位', '单位英文', '英文部门'],
  from: ['valid from', 'start', '开始日期', '生效日期', '有效期起', '起始日期'],
  to: ['valid to', 'end', 'until', '结束日期', '失效日期', '有效期止', '截止日期'],
  groups: ['group', '群组', '权限组', '分组'],
  uid: ['chip', 'card uid', '芯片号', '物理卡号', '卡片序列号'],
  uid_kind: ['chip kind', '芯片类型', '介质', '介质类型'],
  sponsor: ['host', '接待人', '邀请人', '被访人', '接待人卡号'],
};

const byHeading: ReadonlyMap<string, BulkColumn> = new Map(
  bulkColumns.flatMap((column) =>
    [column, column.replace('_', ' '), ...headings[column]].map((name) => [name, column] as const),
  ),
);

/** The column that a heading names, whatever its case, spaces and width; undefined = none. */
export const bulkColumnOf = (heading: string): BulkColumn | undefined =>
  byHeading.get(heading.normalize('NFKC').trim().toLowerCase().replace(/\s+/g, ' '));

/** How people write a kind of affiliation. */
export const kindWords: Readonly<
  Record<string, 'student' | 'teacher' | 'staff' | 'guardian' | 'visitor'>
> = {
  student: 'student',
  pupil: 'student',
  学生: 'student',
  本科生: 'student',
  研究生: 'student',
  teacher: 'teacher',
  教师: 'teacher',
  老师: 'teacher',
  staff: 'staff',
  职工: 'staff',
  教职工: 'staff',
  员工: 'staff',
  guardian: 'guardian',
  parent: 'guardian',
  家长: 'guardian',
  监护人: 'guardian',
  visitor: 'visitor',
  访客: 'visitor',
};

/** And what a chip is in. */
export const uidKindWords: Readonly<Record<string, 'card' | 'wristband' | 'tag'>> = {
  card: 'card',
  卡: 'card',
  卡片: 'card',
  校园卡: 'card',
  wristband: 'wristband',
  手环: 'wristband',
  tag: 'tag',
  标签: 'tag',
  吊牌: 'tag',
};
