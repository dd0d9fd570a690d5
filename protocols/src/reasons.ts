import type { Text } from './text.ts';

/** What the reader's lamp and beeper do; a driver maps them to its device's own commands. */
export type Lamp = 'green' | 'red' | 'amber';
export type Tone = 'ok' | 'no' | 'again' | 'silent';

export type ReasonRow = {
  readonly lamp: Lamp;
  readonly tone: Tone;
  /** On the reader itself: at most 16 columns, a Chinese character counts two. */
  readonly display: Text;
  /** On screens: what happened. */
  readonly text: Text;
  /** What the person does next; empty where there is nothing to do. */
  readonly next: Text;
};

const nothing: Text = { zh: '', en: '' };

/**
 * Reason codes of decisions. A code travels unchanged from the check that found it to lamp, journal,
 * cloud and screen. Codes are never renamed.
 */
export const reasons = {
  granted: {
    lamp: 'green',
    tone: 'ok',
    display: { zh: '请通行', en: 'Please enter' },
    text: { zh: '允许', en: 'Granted' },
    next: nothing,
  },
  not_a_pass: {
    lamp: 'red',
    tone: 'no',
    display: { zh: '不是动态码', en: 'Not a pass' },
    text: { zh: '扫到的不是门禁动态码', en: 'What was scanned is not a pass' },
    next: { zh: '打开手机上的校园卡再扫', en: 'Open the campus card on the phone' },
  },
  unsupported_pass: {
    lamp: 'red',
    tone: 'no',
    display: { zh: '版本不支持', en: 'Unknown version' },
    text: {
      zh: '动态码版本不受支持',
      en: 'The pass is of a version that this gateway does not know',
    },
    next: { zh: '更新手机页面', en: 'Reload the page on the phone' },
  },
  unknown_credential: {
    lamp: 'red',
    tone: 'no',
    display: { zh: '未知凭证', en: 'Unknown card' },
    text: { zh: '门禁不认识此卡', en: 'This door does not know the phone or card' },
    next: {
      zh: '等几秒再试；仍不行，在手机上重新启用校园卡',
      en: 'Try again in a few seconds; if it stays, enable the card again',
    },
  },
  revoked: {
    lamp: 'red',
    tone: 'no',
    display: { zh: '凭证已吊销', en: 'Revoked' },
    text: { zh: '此凭证已吊销', en: 'This credential was revoked' },
    next: { zh: '在手机上重新启用校园卡', en: 'Enable the card on the phone again' },
  },
  lapsed: {
    lamp: 'amber',
    tone: 'again',
    display: { zh: '请联网开一次卡', en: 'Open card online' },
    text: {
      zh: '手机太久没有联网打开校园卡，此凭证已停用',
      en: 'The card was not opened online for too long, so its key has lapsed',
    },
    next: {
      zh: '联网打开一次校园卡，几秒后再扫',
      en: 'Open the card online once, then scan again in a few seconds',
    },
  },
  frozen: {
    lamp: 'red',
    tone: 'no',
    display: { zh: '此卡已挂失', en: 'Card is frozen' },
    text: { zh: '此卡已挂失', en: 'This card is frozen' },
    next: { zh: '在手机上解挂或到卡务中心', en: 'Unfreeze it or visit the card desk' },
  },
  wrong_algorithm: {
    lamp: 'red',
    tone: 'no',
    display: { zh: '凭证不符', en: 'Wrong key type' },
    text: {
      zh: '签名算法与登记的不符',
      en: 'The pass is signed by another algorithm than enrolled',
    },
    next: { zh: '在手机上重新启用校园卡', en: 'Enable the card on the phone again' },
  },
  expired: {
    lamp: 'amber',
    tone: 'again',
    display: { zh: '码已过期', en: 'Code expired' },
    text: { zh: '此码已过期', en: 'This code has expired' },
    next: {
      zh: '点击刷新；若仍过期，打开自动校时',
      en: 'Tap for a new one; if that expires too, set the clock',
    },
  },
  from_future: {
    lamp: 'amber',
    tone: 'again',
    display: { zh: '手机时间偏快', en: 'Clock is fast' },
    text: { zh: '手机时间偏快', en: 'The clock of the phone is ahead' },
    next: { zh: '打开自动校时', en: 'Turn on automatic time' },
  },
  show_next_code: {
    lamp: 'amber',
    tone: 'again',
    display: { zh: '请刷新再扫', en: 'Show next code' },
    text: {
      zh: '门禁刚启动，只收稍后的新码',
      en: 'This door has just started and waits for a newer code',
    },
    next: { zh: '等约半分钟，再出示新码', en: 'Wait half a minute, then show the new code' },
  },
  bad_signature: {
    lamp: 'red',
    tone: 'no',
    display: { zh: '此码无法验证', en: 'Not verified' },
    text: { zh: '签名无法验证', en: 'The signature does not verify' },
    next: {
      zh: '刷新后再扫；仍不行请重新启用',
      en: 'Show a new one; if it fails, enable the card again',
    },
  },
  wrong_kind: {
    lamp: 'amber',
    tone: 'again',
    display: { zh: '这是消费码', en: 'Not a door code' },
    text: { zh: '此码用于别处（消费或签到）', en: 'This code is made for paying or attending' },
    next: { zh: '左滑切换到门禁码', en: 'Swipe to the door code' },
  },
  used: {
    lamp: 'amber',
    tone: 'again',
    display: { zh: '此码已使用', en: 'Already used' },
    text: { zh: '此码已使用', en: 'This code was already used' },
    next: { zh: '点击刷新', en: 'Tap for a new one' },
  },
  cloned: {
    lamp: 'red',
    tone: 'no',
    display: { zh: '请到服务台', en: 'See the desk' },
    text: {
      zh: '同一计数出现两个不同的码：密钥可能被复制',
      en: 'Two codes with one counter: the key may be copied',
    },
    next: { zh: '到卡务中心重新启用', en: 'Visit the card desk' },
  },
  clock_untrusted: {
    lamp: 'amber',
    tone: 'again',
    display: { zh: '请联系值班', en: 'Call the guard' },
    text: { zh: '网关时间不可信', en: 'The gateway cannot trust its clock' },
    next: { zh: '请值班人员放行', en: 'Ask the guard to let you in' },
  },
  clock_holdover: {
    lamp: 'amber',
    tone: 'again',
    display: { zh: '请联系值班', en: 'Call the guard' },
    text: {
      zh: '网关太久没有校时，此类门暂不认码',
      en: 'Its clock was not checked for too long for a door of this kind',
    },
    next: {
      zh: '请值班人员或房间负责人开门',
      en: 'Ask the guard, or whoever runs the room, to open it',
    },
  },
  no_policy: {
    lamp: 'red',
    tone: 'no',
    display: { zh: '门禁未就绪', en: 'Not ready' },
    text: { zh: '网关还没有收到门禁规则', en: 'The gateway has no door rules yet' },
    next: { zh: '请值班人员放行', en: 'Ask the guard to let you in' },
  },
  door_not_ready: {
    lamp: 'amber',
    tone: 'again',
    display: { zh: '门未就绪', en: 'Door not ready' },
    text: { zh: '门控制器没有应答', en: 'The door controller does not answer' },
    next: { zh: '走另一个门，或请值班人员放行', en: 'Take another door or ask the guard' },
  },
  lockdown: {
    lamp: 'red',
    tone: 'no',
    display: { zh: '封锁中', en: 'Lockdown' },
    text: { zh: '此门处于封锁状态', en: 'This door is in lockdown' },
    next: { zh: '听从现场指挥', en: 'Follow instructions on site' },
  },
  no_right: {
    lamp: 'red',
    tone: 'no',
    display: { zh: '无通行权限', en: 'No access' },
    text: { zh: '没有此门的通行权限', en: 'No rule opens this door for this person' },
    next: { zh: '向部门或任课教师申请', en: 'Ask your department or teacher' },
  },
  outside_schedule: {
    lamp: 'red',
    tone: 'no',
    display: { zh: '不在通行时段', en: 'Outside hours' },
    text: { zh: '不在可通行时段', en: 'Not within the allowed hours' },
    next: { zh: '联系任课教师或管理部门', en: 'Ask your teacher or the office' },
  },
  key_too_new: {
    lamp: 'red',
    tone: 'no',
    display: { zh: '换机未满一天', en: 'New phone: wait' },
    text: {
      zh: '换到这部手机不满一天，实验室和库房暂不开门',
      en: 'On this phone for less than a day: labs and stores wait',
    },
    next: {
      zh: '满一天后再来，或请房间负责人开门',
      en: 'Come back after a day, or ask whoever runs the room',
    },
  },
  not_valid_yet: {
    lamp: 'red',
    tone: 'no',
    display: { zh: '尚未生效', en: 'Not valid yet' },
    text: { zh: '校园卡尚未生效', en: 'The card is not valid yet' },
    next: { zh: '查看生效日期', en: 'Look up the first day on the card' },
  },
  ended: {
    lamp: 'red',
    tone: 'no',
    display: { zh: '校园卡已到期', en: 'Card ended' },
    text: { zh: '校园卡已到期', en: 'The card has ended' },
    next: { zh: '到卡务中心办理', en: 'Visit the card desk' },
  },
  unknown_card: {
    lamp: 'red',
    tone: 'no',
    display: { zh: '未知卡', en: 'Unknown card' },
    text: { zh: '门禁不认识此卡或腕带', en: 'This door does not know the card or wristband' },
    next: {
      zh: '刚发的卡等几秒再刷；仍不行，带卡到卡务中心',
      en: 'Try a new one again in a few seconds; else take it to the card desk',
    },
  },
  uid_revoked: {
    lamp: 'red',
    tone: 'no',
    display: { zh: '此卡已作废', en: 'Card is void' },
    text: {
      zh: '此卡或腕带已作废（挂失换新或已收回）',
      en: 'This card or wristband was replaced or taken back',
    },
    next: { zh: '用新卡；旧卡交到卡务中心', en: 'Use the new card; hand this one in at the desk' },
  },
  random_uid: {
    lamp: 'amber',
    tone: 'again',
    display: { zh: '请出示校园卡', en: 'Use campus card' },
    text: {
      zh: '读到的卡号每次都变（手机 NFC 或证件），认不出是谁',
      en: 'The chip gives another number each time (a phone or a passport) and names nobody',
    },
    next: {
      zh: '只拿校园卡或腕带靠近读头；用手机请出示动态码',
      en: 'Hold only the campus card to the reader, or show the code on the phone',
    },
  },
  unreadable_uid: {
    lamp: 'amber',
    tone: 'again',
    display: { zh: '请再刷一次', en: 'Try again' },
    text: { zh: '卡号没有读全', en: 'The card was not read completely' },
    next: { zh: '把卡贴稳再刷一次', en: 'Hold the card still and try again' },
  },
  uid_not_enough: {
    lamp: 'red',
    tone: 'no',
    display: { zh: '请用手机动态码', en: 'Use phone code' },
    text: {
      zh: '此门不接受单独刷卡或密码',
      en: 'A card or PIN alone does not open this door',
    },
    next: {
      zh: '打开手机上的校园卡再扫；没有手机请找管理员',
      en: 'Show the code on the phone; without one, ask whoever is in charge of the room',
    },
  },
  wrong_pin: {
    lamp: 'red',
    tone: 'no',
    display: { zh: '号码或密码错误', en: 'Wrong PIN' },
    text: { zh: '号码或密码不对', en: 'The number or the PIN is wrong' },
    next: {
      zh: '先输六位号码，再输密码，按 # 结束；连错五次会锁十分钟',
      en: 'Type the six digits, then the PIN, then #; five wrong ones lock it for ten minutes',
    },
  },
  pin_locked: {
    lamp: 'red',
    tone: 'no',
    display: { zh: '密码已锁十分钟', en: 'PIN is locked' },
    text: { zh: '输错次数太多，密码暂时锁定', en: 'Too many wrong PINs; it is locked for a while' },
    next: {
      zh: '十分钟后再试，或用卡、动态码、找值班人员',
      en: 'Try again in ten minutes, use a card or the phone, or ask the guard',
    },
  },
  journal_failed: {
    lamp: 'red',
    tone: 'no',
    display: { zh: '请联系值班', en: 'Call the guard' },
    text: { zh: '门禁无法保存记录', en: 'The gateway could not save the event' },
    next: { zh: '请值班人员放行', en: 'Ask the guard to let you in' },
  },
  unlock_failed: {
    lamp: 'amber',
    tone: 'again',
    display: { zh: '门未打开', en: 'Did not open' },
    text: { zh: '已允许，但门没有确认打开', en: 'Granted, but the door did not confirm' },
    next: { zh: '再试一次，或走另一个门', en: 'Try again or take another door' },
  },
} as const satisfies Readonly<Record<string, ReasonRow>>;

export type DecisionReason = keyof typeof reasons;
export type DenyReason = Exclude<DecisionReason, 'granted'>;
/** An exit is never refused: the answer is granted and names what would have denied. */
export type ExitReason = `exit_${DenyReason}`;
export type Reason = DecisionReason | ExitReason;

const exitPrefix = 'exit_';

const isDecisionReason = (code: string): code is DecisionReason => Object.hasOwn(reasons, code);

/** What would have denied an entry, of an exit reason; `granted` denies nothing. */
const overridden = (code: string): DenyReason | undefined => {
  const denied = code.startsWith(exitPrefix) ? code.slice(exitPrefix.length) : '';
  return isDecisionReason(denied) && denied !== 'granted' ? denied : undefined;
};

export const isReason = (code: string): code is Reason =>
  isDecisionReason(code) || overridden(code) !== undefined;

/** The row of a reason; an exit reason has the green lamp and the text of what it overrode. */
export const reasonRow = (code: string): ReasonRow | undefined => {
  if (isDecisionReason(code)) return reasons[code];
  const denied = overridden(code);
  if (denied === undefined) return undefined;
  const { text } = reasons[denied];
  return {
    lamp: 'green',
    tone: 'ok',
    display: reasons.granted.display,
    text: { zh: `出门放行（${text.zh}）`, en: `Let out (${text.en})` },
    next: nothing,
  };
};
