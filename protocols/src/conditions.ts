import Type from 'typebox';
import { Id } from './ids.ts';
import type { Text } from './text.ts';
import { At } from './time.ts';

/** Who must move, and how fast: `alarm` now, `attention` today, `notice` when there is time. */
export const severities = ['alarm', 'attention', 'notice'] as const;
export type Severity = (typeof severities)[number];

export type ConditionRow = {
  readonly severity: Severity;
  /** The scope that `subject` names. */
  readonly of: 'gateway' | 'device' | 'door' | 'cloud';
  readonly title: Text;
  readonly text: Text;
  readonly remedy: Text;
};

/** Health is not logs: what is wrong now, from one table that gateway, cloud and screen share. */
export const conditions = {
  serial_lost: {
    severity: 'attention',
    of: 'device',
    title: { zh: '设备断开', en: 'Device disconnected' },
    text: {
      zh: '串口 {detail} 打不开或已断开，正在重连',
      en: 'The line {detail} is closed; trying again',
    },
    remedy: { zh: '检查线缆、电源与串口名称', en: 'Check cable, power and the name of the port' },
  },
  reader_noisy: {
    severity: 'notice',
    of: 'device',
    title: { zh: '设备数据异常', en: 'Device sends noise' },
    text: {
      zh: '收到无法解读的数据并已丢弃（{detail}）',
      en: 'Bytes that mean nothing were dropped ({detail})',
    },
    remedy: {
      zh: '检查波特率、接地与设备设置',
      en: 'Check baud rate, grounding and the settings of the device',
    },
  },
  device_silent: {
    severity: 'attention',
    of: 'device',
    title: { zh: '设备无应答', en: 'Device silent' },
    text: {
      zh: '设备没有应答，状态未知',
      en: 'The device does not answer; its state is unknown',
    },
    remedy: { zh: '检查设备电源与总线', en: 'Check power and bus of the device' },
  },
  device_refuses: {
    severity: 'attention',
    of: 'device',
    title: { zh: '设备拒绝读取', en: 'Device refuses' },
    text: {
      zh: '设备有应答，但拒绝读取（{detail}）',
      en: 'It answers, but refuses to be read ({detail})',
    },
    remedy: {
      zh: '核对设备型号、固件版本与配置的参数',
      en: 'Check model, firmware and the parameters that were set for it',
    },
  },
  input_stuck: {
    severity: 'attention',
    of: 'device',
    title: { zh: '通行检测常亮', en: 'Passage input stuck' },
    text: {
      zh: '通行检测输入长时间不变（{detail}）',
      en: 'A passage input has not changed for long ({detail})',
    },
    remedy: { zh: '清洁或更换红外对射', en: 'Clean or replace the light barrier' },
  },
  unlock_failed: {
    severity: 'attention',
    of: 'door',
    title: { zh: '门未确认打开', en: 'Door did not confirm' },
    text: { zh: '已下发开门，但控制器没有确认', en: 'An unlock was sent and not confirmed' },
    remedy: { zh: '现场查看门与控制器', en: 'Look at the door and its controller' },
  },
  output_on: {
    severity: 'alarm',
    of: 'door',
    title: { zh: '门锁输出未复位', en: 'Lock output stays on' },
    text: { zh: '开门输出超过时限仍未复位', en: 'The unlock output is still on past its time' },
    remedy: { zh: '派人看守，检查继电器', en: 'Post somebody there and check the relay' },
  },
  journal_failed: {
    severity: 'alarm',
    of: 'gateway',
    title: { zh: '事件无法保存', en: 'Events cannot be saved' },
    text: {
      zh: '网关无法保存事件：入口拒绝，出口放行（{detail}）',
      en: 'Its storage fails: entries refuse, exits open ({detail})',
    },
    remedy: { zh: '检查存储卡，必要时更换', en: 'Check the storage card, replace it if needed' },
  },
  journal_filling: {
    severity: 'attention',
    of: 'gateway',
    title: { zh: '未上传事件过多', en: 'Many events not sent yet' },
    text: { zh: '待上传事件已占本地存储 {detail}', en: 'They fill {detail} of its storage' },
    remedy: { zh: '恢复到云端的网络', en: 'Restore the network to the cloud' },
  },
  cloud_unreachable: {
    severity: 'attention',
    of: 'gateway',
    title: { zh: '云端不可达', en: 'Cloud unreachable' },
    text: { zh: '网关离线自治，事件存于本地', en: 'The gateway works alone and keeps its events' },
    remedy: { zh: '检查校园网与云端服务', en: 'Check the campus network and the cloud service' },
  },
  gateway_silent: {
    severity: 'attention',
    of: 'gateway',
    title: { zh: '网关失联', en: 'Gateway silent' },
    text: { zh: '云端收不到此网关的心跳', en: 'The cloud does not hear this gateway' },
    remedy: {
      zh: '检查网关电源与网络；门照常按本地规则工作',
      en: 'Check power and network; its doors go on by themselves',
    },
  },
  clock_untrusted: {
    severity: 'attention',
    of: 'gateway',
    title: { zh: '网关时间不可信', en: 'Clock not trusted' },
    text: { zh: '没有时钟来源，动态码无法判定', en: 'No source of time: passes cannot be judged' },
    remedy: { zh: '检查时钟电池与校时服务', en: 'Check the clock battery and the time service' },
  },
  claim_silent: {
    severity: 'attention',
    of: 'gateway',
    title: { zh: '防重用网关无应答', en: 'Alone in checking reuse' },
    text: {
      zh: '问不到站点的防重用网关，动态码只在本网关内保证一次（{detail}）',
      en: 'The gateway that all others ask is silent: a pass works once here alone ({detail})',
    },
    remedy: {
      zh: '检查该网关的电源与两者之间的网络；期间重复使用的码会在云端查出',
      en: 'Check its power and the network between; what is used twice meanwhile is found later',
    },
  },
  clock_holdover: {
    severity: 'notice',
    of: 'gateway',
    title: { zh: '网关久未校时', en: 'Clock not checked lately' },
    text: {
      zh: '联系不上任何校时来源，凭自身时钟继续；各类门先后停止认码，实验室和库房最早',
      en: 'No source of time answers; it goes on by itself. Doors stop by class, labs and stores first',
    },
    remedy: {
      zh: '恢复到云端或校时服务器的网络',
      en: 'Restore the network to the cloud or to the time server',
    },
  },
  clock_wrong: {
    severity: 'notice',
    of: 'gateway',
    title: { zh: '网关自身时钟不准', en: 'Own clock is wrong' },
    text: {
      zh: '网关自身时钟偏差 {detail}，已改用云端签名的时间',
      en: 'Its own clock is off by {detail}; the time that the cloud has signed is used',
    },
    remedy: {
      zh: '检查网关的校时服务器；排查冒充的校时服务',
      en: 'Check its time server; look for an impostor of it',
    },
  },
  policy_missing: {
    severity: 'attention',
    of: 'gateway',
    title: { zh: '没有门禁规则', en: 'No door rules' },
    text: {
      zh: '网关还没有收到门禁规则，入口全部拒绝',
      en: 'It has no signed door rules yet: every entry refuses',
    },
    remedy: { zh: '检查网关与云端的连接和证书', en: 'Check link and certificate of the gateway' },
  },
  policy_refused: {
    severity: 'alarm',
    of: 'gateway',
    title: { zh: '门禁规则签名不符', en: 'Door rules refused' },
    text: {
      zh: '收到的门禁规则未通过验证（{detail}）',
      en: 'New door rules did not verify ({detail})',
    },
    remedy: { zh: '核对密钥清单；排查冒充的服务', en: 'Check the key list; look for an impostor' },
  },
  profile_refused: {
    severity: 'attention',
    of: 'gateway',
    title: { zh: '设备档案被拒绝', en: 'Device profile refused' },
    text: {
      zh: '收到的设备档案无法使用，仍用原来的版本（{detail}）',
      en: 'A device profile cannot be used; the former one goes on ({detail})',
    },
    remedy: {
      zh: '在设备档案页面修正后重新发布，或退回上一版',
      en: 'Mend it on the profile page and publish again, or go back one version',
    },
  },
  profile_rolled_back: {
    severity: 'attention',
    of: 'device',
    title: { zh: '设备档案已自动退回', en: 'Profile rolled back' },
    text: {
      zh: '新版设备档案让设备失去应答，已自动退回（{detail}）',
      en: 'With the new profile the device fell silent; the former one runs ({detail})',
    },
    remedy: {
      zh: '核对新版的接线参数与轮询，修正后重新发布',
      en: 'Check wire and polls of the new version, mend it and publish again',
    },
  },
  profile_missing: {
    severity: 'attention',
    of: 'device',
    title: { zh: '设备缺少档案', en: 'Device without a profile' },
    text: {
      zh: '网关还没有这个设备的档案，设备停用（{detail}）',
      en: 'The gateway does not have its profile yet; it is not driven ({detail})',
    },
    remedy: {
      zh: '在云端发布该档案，或核对设备配置中的档案编号',
      en: 'Publish the profile in the cloud, or check the id in the configuration',
    },
  },
  batch_quarantined: {
    severity: 'attention',
    of: 'gateway',
    title: { zh: '有事件读不出', en: 'Some events cannot be read' },
    text: {
      zh: '传来的一批事件无法读取，原文已保存（{detail}）',
      en: 'A batch of events could not be read; it is kept as it came ({detail})',
    },
    remedy: { zh: '把隔离的批次发给支持人员', en: 'Send the kept batch to support' },
  },
  events_lost: {
    severity: 'attention',
    of: 'gateway',
    title: { zh: '有事件缺失', en: 'Events are missing' },
    text: {
      zh: '网关声明缺失事件（{detail}）',
      en: 'The gateway declares missing events ({detail})',
    },
    remedy: {
      zh: '检查存储卡；那段时间向现场核实',
      en: 'Check the storage card; ask on site about that time',
    },
  },
  use_double_spent: {
    severity: 'alarm',
    of: 'door',
    title: { zh: '同一个码用了两次', en: 'One code was used twice' },
    text: {
      zh: '网关互相断开时，同一个动态码又在这里用了一次（待处理 {detail} 件）',
      en: 'While gateways were cut off, a code was used here once more (open: {detail})',
    },
    remedy: {
      zh: '手机密钥已自动吊销。在“存疑使用”里核对两次通行，必要时挂失校园卡',
      en: 'The phone key is revoked already. Compare both uses, freeze the card if need be',
    },
  },
  use_cloned: {
    severity: 'alarm',
    of: 'door',
    title: { zh: '手机密钥可能被复制', en: 'A phone key may be copied' },
    text: {
      zh: '同一计数出现两个不同的码（待处理 {detail} 件）',
      en: 'Two different codes have one counter (open: {detail})',
    },
    remedy: {
      zh: '手机密钥已自动吊销。联系本人，必要时挂失校园卡',
      en: 'The phone key is revoked already. Talk to its owner, freeze the card if need be',
    },
  },
  use_late_revoked: {
    severity: 'attention',
    of: 'door',
    title: { zh: '吊销后仍被使用', en: 'Used after it was revoked' },
    text: {
      zh: '网关还没收到吊销时放行了已吊销或挂失的卡（待处理 {detail} 件）',
      en: 'A gateway that had not heard yet let a revoked or frozen card in (open: {detail})',
    },
    remedy: {
      zh: '在“存疑使用”里核对是谁、几点、哪个门；检查该网关的网络',
      en: 'Look who came in, when and where; check the network of that gateway',
    },
  },
  use_not_proven: {
    severity: 'alarm',
    of: 'gateway',
    title: { zh: '通行没有凭据', en: 'A use without proof' },
    text: {
      zh: '网关报告的通行，其凭据无法验证（待处理 {detail} 件）',
      en: 'It reports uses whose evidence does not verify (open: {detail})',
    },
    remedy: {
      zh: '到现场核对；若网关可能被动过手脚，吊销其证书并更换',
      en: 'Ask on site; if the box may be tampered with, revoke its certificate and replace it',
    },
  },
} as const satisfies Readonly<Record<string, ConditionRow>>;

export type ConditionCode = keyof typeof conditions;

// The keys of a literal are its keys: nothing adds one later.
export const conditionCodes = Object.keys(conditions) as readonly ConditionCode[];

/** One active condition, as the gateway reports it. `subject` is a device, door or gateway id. */
export const Condition = Type.Object({
  code: Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$' }),
  subject: Id,
  since: At,
  detail: Type.String({ maxLength: 200 }),
});
export type Condition = Type.Static<typeof Condition>;
