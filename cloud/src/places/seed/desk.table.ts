import type { BookingReason } from '@gatehouse/protocols';

const everyDay = [1, 2, 3, 4, 5, 6, 7] as const;

/** The card desk of the demo, as its table has it. */
export const demoDesk = {
  id: 'main',
  name_zh: '卡务中心',
  name_en: 'Card desk',
  place_zh: '图书馆一层 102 室',
  place_en: 'Library, ground floor, room 102',
  hours_zh: '每天 8:00 至 20:00',
  hours_en: 'Every day, 8:00 to 20:00',
  fee_zh: '补卡工本费 15 元，现场扫码支付；卡损坏免费更换。',
  fee_en: 'A new card costs 15 yuan, paid at the desk; a broken one is free.',
  windows: [{ days: everyDay, from: 8 * 60, to: 20 * 60 }],
  slot_minutes: 10,
  capacity: 2,
} as const;

/** Who has booked today, by English name; the first ones come next. */
export const demoBookings: readonly { readonly name: string; readonly why: BookingReason }[] = [
  { name: 'Han Meimei', why: 'lost' },
  { name: 'Sun Li', why: 'broken' },
  { name: 'Zhou Jie', why: 'lost' },
  { name: 'Huang Lei', why: 'name' },
  { name: 'Ma Chao', why: 'broken' },
];
