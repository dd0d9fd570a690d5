import type { Text } from '../text.ts';

/** Why a command did not run; the code travels to the screen. */
export const commandFailures = {
  gateway_offline: { zh: '网关不在线', en: 'The gateway is not online' },
  other_session: {
    zh: '网关已重新连接，请再试',
    en: 'The gateway reconnected meanwhile: try again',
  },
  expired: { zh: '命令到达太晚', en: 'The command came too late' },
  door_unknown: { zh: '此网关没有这个门', en: 'This gateway has no such door' },
  device_unknown: { zh: '此网关没有这个设备', en: 'This gateway has no such device' },
  bad_args: { zh: '参数不符合设备的要求', en: 'The device takes no such arguments' },
  device_silent: { zh: '设备没有应答', en: 'The device does not answer' },
  device_refused: { zh: '设备拒绝了命令', en: 'The device refused the command' },
  not_confirmed: { zh: '设备没有确认', en: 'The device did not confirm' },
  only_answers: {
    zh: '此门的读头只在扫码时开门，不能远程开',
    en: 'This door opens only in answer to a scan at its head',
  },
  door_not_ready: { zh: '门控制器没有应答', en: 'The door controller does not answer' },
  unlock_failed: { zh: '门没有确认打开', en: 'The door did not confirm' },
  unknown_outcome: { zh: '网关中途重启，结果未知', en: 'The gateway restarted: outcome unknown' },
  journal_failed: { zh: '网关无法写入账簿', en: 'The gateway could not write its journal' },
  not_allowed: { zh: '没有权限', en: 'Not allowed' },
} as const satisfies Readonly<Record<string, Text>>;
export type CommandFailure = keyof typeof commandFailures;
