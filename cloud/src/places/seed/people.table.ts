import type { AffiliationKind, Role, Text } from '@gatehouse/protocols';

/** Surnames by how common they are, with their pinyin. */
export const surnames: readonly Text[] = [
  { zh: '王', en: 'Wang' },
  { zh: '李', en: 'Li' },
  { zh: '张', en: 'Zhang' },
  { zh: '刘', en: 'Liu' },
  { zh: '陈', en: 'Chen' },
  { zh: '杨', en: 'Yang' },
  { zh: '黄', en: 'Huang' },
  { zh: '赵', en: 'Zhao' },
  { zh: '吴', en: 'Wu' },
  { zh: '周', en: 'Zhou' },
  { zh: '徐', en: 'Xu' },
  { zh: '孙', en: 'Sun' },
  { zh: '马', en: 'Ma' },
  { zh: '朱', en: 'Zhu' },
  { zh: '胡', en: 'Hu' },
  { zh: '郭', en: 'Guo' },
  { zh: '何', en: 'He' },
  { zh: '林', en: 'Lin' },
  { zh: '高', en: 'Gao' },
  { zh: '罗', en: 'Luo' },
  { zh: '郑', en: 'Zheng' },
  { zh: '梁', en: 'Liang' },
  { zh: '谢', en: 'Xie' },
  { zh: '宋', en: 'Song' },
  { zh: '唐', en: 'Tang' },
  { zh: '许', en: 'Xu' },
  { zh: '韩', en: 'Han' },
  { zh: '冯', en: 'Feng' },
  { zh: '邓', en: 'Deng' },
  { zh: '曹', en: 'Cao' },
  { zh: '彭', en: 'Peng' },
  { zh: '曾', en: 'Zeng' },
  { zh: '欧阳', en: 'Ouyang' },
  { zh: '上官', en: 'Shangguan' },
];

export const givenNames: readonly Text[] = [
  { zh: '子轩', en: 'Zixuan' },
  { zh: '雨桐', en: 'Yutong' },
  { zh: '浩然', en: 'Haoran' },
  { zh: '欣怡', en: 'Xinyi' },
  { zh: '宇航', en: 'Yuhang' },
  { zh: '诗涵', en: 'Shihan' },
  { zh: '博文', en: 'Bowen' },
  { zh: '梓涵', en: 'Zihan' },
  { zh: '明哲', en: 'Mingzhe' },
  { zh: '思远', en: 'Siyuan' },
  { zh: '佳琪', en: 'Jiaqi' },
  { zh: '俊杰', en: 'Junjie' },
  { zh: '雅静', en: 'Yajing' },
  { zh: '天佑', en: 'Tianyou' },
  { zh: '若曦', en: 'Ruoxi' },
  { zh: '志强', en: 'Zhiqiang' },
  { zh: '晓彤', en: 'Xiaotong' },
  { zh: '建国', en: 'Jianguo' },
  { zh: '静怡', en: 'Jingyi' },
  { zh: '凯', en: 'Kai' },
  { zh: '敏', en: 'Min' },
  { zh: '磊', en: 'Lei' },
  { zh: '婷', en: 'Ting' },
  { zh: '洋', en: 'Yang' },
  { zh: '雪', en: 'Xue' },
  { zh: '鹏', en: 'Peng' },
  { zh: '琳', en: 'Lin' },
  { zh: '超', en: 'Chao' },
  { zh: '倩', en: 'Qian' },
  { zh: '一诺', en: 'Yinuo' },
  { zh: '亦菲', en: 'Yifei' },
  { zh: '泽宇', en: 'Zeyu' },
  { zh: '嘉怡', en: 'Jiayi' },
  { zh: '睿', en: 'Rui' },
  { zh: '萌', en: 'Meng' },
  { zh: '文博', en: 'Wenbo' },
  { zh: '海燕', en: 'Haiyan' },
  { zh: '国栋', en: 'Guodong' },
  { zh: '秀英', en: 'Xiuying' },
  { zh: '振宇', en: 'Zhenyu' },
];

export const colleges: readonly Text[] = [
  { zh: '计算机学院', en: 'Computer Science' },
  { zh: '化学学院', en: 'Chemistry' },
  { zh: '物理学院', en: 'Physics' },
  { zh: '生命科学学院', en: 'Life Sciences' },
  { zh: '机械工程学院', en: 'Mechanical Engineering' },
  { zh: '外国语学院', en: 'Foreign Languages' },
  { zh: '经济管理学院', en: 'Economics and Management' },
  { zh: '法学院', en: 'Law' },
];

export const offices: readonly Text[] = [
  { zh: '后勤处', en: 'Facilities' },
  { zh: '图书馆', en: 'Library' },
  { zh: '教务处', en: 'Academic Affairs' },
  { zh: '膳食中心', en: 'Catering' },
];

/** `{year}` is the year of entry. */
export const classOfYear: Text = { zh: '{college} {year} 级', en: '{college} {year}' };

/** What somebody is beside the first, with a card of its own. */
export type DemoAffiliation = {
  readonly unit: Text;
  readonly affiliation: AffiliationKind;
  readonly groups: readonly string[];
};

export type DemoPerson = DemoAffiliation & {
  readonly name: Text;
  readonly more?: readonly DemoAffiliation[];
  /** Of a visitor: who answers for the visit, by English name. */
  readonly sponsor?: string;
  /** Null: the chooser does not offer this one. */
  readonly role: Role | null;
};

/** Whom the chooser offers, in this order, and their children. What each of them can and cannot open is a story. */
export const demoPeople: readonly DemoPerson[] = [
  {
    name: { zh: '王芳', en: 'Wang Fang' },
    unit: { zh: '保卫处', en: 'Security' },
    affiliation: 'staff',
    role: 'guard',
    groups: ['staff', 'security'],
  },
  {
    name: { zh: '吴敏', en: 'Wu Min' },
    unit: { zh: '保卫处', en: 'Security' },
    affiliation: 'staff',
    role: 'guard',
    groups: ['staff', 'security'],
  },
  {
    name: { zh: '赵强', en: 'Zhao Qiang' },
    unit: { zh: '后勤处', en: 'Facilities' },
    affiliation: 'staff',
    role: 'facility',
    groups: ['staff', 'security'],
  },
  {
    name: { zh: '刘洋', en: 'Liu Yang' },
    unit: { zh: '信息中心', en: 'IT Centre' },
    affiliation: 'staff',
    role: 'admin',
    groups: ['staff', 'security'],
  },
  {
    name: { zh: '陈静', en: 'Chen Jing' },
    unit: { zh: '化学学院', en: 'Chemistry' },
    affiliation: 'teacher',
    role: 'teacher',
    groups: ['teachers', 'room-lab-3-201', 'room-lab-3-202'],
  },
  {
    name: { zh: '张伟', en: 'Zhang Wei' },
    unit: { zh: '计算机学院', en: 'Computer Science' },
    affiliation: 'teacher',
    role: 'teacher',
    groups: ['teachers', 'room-lab-4-401', 'room-lab-4-402'],
    more: [
      {
        unit: { zh: '物理学院 博士 2025', en: 'Physics, doctoral 2025' },
        affiliation: 'student',
        groups: ['students', 'room-lab-2-202', 'dorm-north-1'],
      },
    ],
  },
  {
    name: { zh: '李雷', en: 'Li Lei' },
    unit: { zh: '计算机学院 2024 级', en: 'Computer Science 2024' },
    affiliation: 'student',
    role: 'student',
    groups: ['students', 'room-lab-3-201', 'dorm-north-1'],
  },
  {
    name: { zh: '韩梅梅', en: 'Han Meimei' },
    unit: { zh: '外国语学院 2024 级', en: 'Foreign Languages 2024' },
    affiliation: 'student',
    role: 'student',
    groups: ['students', 'dorm-north-2'],
  },
  {
    name: { zh: '孙丽', en: 'Sun Li' },
    unit: { zh: '化学学院 2025 级', en: 'Chemistry 2025' },
    affiliation: 'student',
    role: 'student',
    groups: ['students', 'room-lab-3-201', 'room-lab-3-202', 'dorm-north-2'],
  },
  {
    name: { zh: '周杰', en: 'Zhou Jie' },
    unit: { zh: '物理学院 2023 级', en: 'Physics 2023' },
    affiliation: 'student',
    role: 'student',
    groups: ['students', 'room-lab-2-202', 'dorm-north-1'],
  },
  {
    name: { zh: '黄蕾', en: 'Huang Lei' },
    unit: { zh: '法学院 2026 级', en: 'Law 2026' },
    affiliation: 'student',
    role: 'student',
    groups: ['students', 'dorm-north-3'],
  },
  {
    name: { zh: '马超', en: 'Ma Chao' },
    unit: { zh: '机械工程学院 2025 级', en: 'Mechanical Engineering 2025' },
    affiliation: 'student',
    role: 'student',
    groups: ['students', 'room-lab-1-102', 'dorm-north-3'],
  },
  {
    name: { zh: '张敏', en: 'Zhang Min' },
    unit: { zh: '北区 1 号宿舍', en: 'North dormitory 1' },
    affiliation: 'staff',
    role: 'warden',
    groups: ['staff', 'dorm-north-1'],
  },
  {
    name: { zh: '林晓', en: 'Lin Xiao' },
    unit: { zh: '卡务中心', en: 'Card desk' },
    affiliation: 'staff',
    role: 'clerk',
    groups: ['staff'],
  },
  {
    name: { zh: '李娜', en: 'Li Na' },
    unit: { zh: '附属小学家长', en: 'Parent, primary school' },
    affiliation: 'guardian',
    role: 'guardian',
    groups: ['guardians'],
  },
  {
    name: { zh: '李小明', en: 'Li Xiaoming' },
    unit: { zh: '附属小学 三年级 2 班', en: 'Primary school, class 3-2' },
    affiliation: 'student',
    role: null,
    groups: ['pupils'],
  },
  {
    name: { zh: '李小雨', en: 'Li Xiaoyu' },
    unit: { zh: '附属小学 一年级 1 班', en: 'Primary school, class 1-1' },
    affiliation: 'student',
    role: null,
    groups: ['pupils'],
  },
  {
    name: { zh: '何平', en: 'He Ping' },
    unit: { zh: '化学学院 访问学者', en: 'Chemistry, visiting scholar' },
    affiliation: 'visitor',
    sponsor: 'Chen Jing',
    role: 'student',
    groups: ['visitors'],
  },
];

/** By English names: a warden answers for a group, a guardian for children. */
export const demoCharges: readonly { readonly warden: string; readonly group: string }[] = [
  { warden: 'Zhang Min', group: 'dorm-north-1' },
];
export const demoGuardians: readonly { readonly guardian: string; readonly child: string }[] = [
  { guardian: 'Li Na', child: 'Li Xiaoming' },
  { guardian: 'Li Na', child: 'Li Xiaoyu' },
];
