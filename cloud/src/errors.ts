/**
 * Operational failures of the cloud: stable codes, HTTP status, what happened (both languages) and
 * what to do next. The API answers with exactly these.
 */
export const cloudErrors = {
  CL_CONFIG: {
    status: 500,
    text: { zh: '配置无法使用', en: 'The configuration cannot be used' },
    next: { zh: '修改所指的那一行', en: 'Mend the line that is named' },
  },
  CL_DATABASE: {
    status: 503,
    text: { zh: '数据库暂时不可用', en: 'The database is away' },
    next: { zh: '稍后再试；门仍按本地策略工作', en: 'Try again soon; doors go on by themselves' },
  },
  CL_BROKER: {
    status: 503,
    text: { zh: '消息服务暂时不可用', en: 'The message broker is away' },
    next: { zh: '稍后再试；门仍按本地策略工作', en: 'Try again soon; doors go on by themselves' },
  },
  CL_PORT: {
    status: 500,
    text: { zh: '端口无法打开', en: 'A port cannot be opened' },
    next: {
      zh: '停止占用此端口的程序，或在配置里换一个端口',
      en: 'Stop the program that holds it, or choose another port in the configuration',
    },
  },
  CL_NOT_SIGNED_IN: {
    status: 401,
    text: { zh: '尚未登录', en: 'Not signed in' },
    next: { zh: '重新选择身份', en: 'Choose who you are again' },
  },
  CL_NOT_ALLOWED: {
    status: 403,
    text: { zh: '没有权限', en: 'Not allowed' },
    next: { zh: '请有权限的同事操作', en: 'Ask a colleague who may' },
  },
  CL_NOT_FOUND: {
    status: 404,
    text: { zh: '没有找到', en: 'Not found' },
    next: { zh: '返回上一页', en: 'Go back' },
  },
  CL_BAD_REQUEST: {
    status: 400,
    text: { zh: '请求内容不对', en: 'The request does not fit' },
    next: { zh: '检查输入后再试', en: 'Check the input and try again' },
  },
  CL_TOO_MANY: {
    status: 429,
    text: { zh: '操作过于频繁', en: 'Too many requests' },
    next: { zh: '稍等片刻再试', en: 'Wait a moment and try again' },
  },
  CL_GATEWAY_OFFLINE: {
    status: 409,
    text: { zh: '网关不在线', en: 'The gateway is not online' },
    next: { zh: '请现场开门，或等网关恢复', en: 'Open on site, or wait for the gateway' },
  },
  CL_ENROL_PROOF: {
    status: 400,
    text: { zh: '手机密钥的证明无效', en: 'The proof of the phone key does not hold' },
    next: { zh: '重新启用校园卡', en: 'Enrol again' },
  },
  CL_ENROL_LIMIT: {
    status: 409,
    text: {
      zh: '30 天内已换过三次手机',
      en: 'The card has moved to another phone three times in 30 days',
    },
    next: {
      zh: '请到卡务中心办理，或等到可以再换的时间',
      en: 'Visit the card desk, or wait until it may move again',
    },
  },
  CL_CARD_FROZEN: {
    status: 409,
    text: { zh: '此卡已挂失', en: 'This card is frozen' },
    next: { zh: '先解挂，再启用手机', en: 'Unfreeze it first, then enrol the phone' },
  },
  CL_CARD_ENDED: {
    status: 409,
    text: { zh: '此卡已注销', en: 'This card has ended' },
    next: { zh: '到卡务中心办理新卡', en: 'Ask the card desk for a new one' },
  },
  CL_CODE_UNKNOWN: {
    status: 404,
    text: { zh: '没有此挂失码，或已用过', en: 'No such code, or it was used before' },
    next: {
      zh: '核对十位字符；仍不行，请找门卫、宿管或卡务中心',
      en: 'Check the ten characters, or ask a guard, your warden or the card desk',
    },
  },
  CL_SLOT_TAKEN: {
    status: 409,
    text: { zh: '这个时间已约满', en: 'That time is taken' },
    next: { zh: '选另一个时间', en: 'Choose another time' },
  },
  CL_UID_TAKEN: {
    status: 409,
    text: { zh: '读卡器上的卡已属于别人', en: 'The card on the reader belongs to somebody' },
    next: {
      zh: '换一张空白卡；这张卡交给它的持卡人或卡务主管',
      en: 'Lay another blank card; hand this one to its holder or to the head of the desk',
    },
  },
  CL_GATEWAY_GROUPED: {
    status: 409,
    text: { zh: '此网关已在另一组', en: 'That gateway is in another group' },
    next: { zh: '先把它移出那一组', en: 'Take it out of that group first' },
  },
  CL_UNDO_LATE: {
    status: 409,
    text: { zh: '已不能撤销', en: 'It can no longer be undone' },
    next: { zh: '再办一次换卡', en: 'Replace the card once more' },
  },
  CL_PHOTO: {
    status: 400,
    text: { zh: '照片不合要求', en: 'The photo does not fit' },
    next: {
      zh: '用 JPEG 或 PNG，不超过 200 KB，边长 120 至 2000 像素',
      en: 'JPEG or PNG, at most 200 KB, each side 120 to 2000 pixels',
    },
  },
  CL_NUMBER_TAKEN: {
    status: 409,
    text: { zh: '这个卡号已被使用', en: 'Another card has this number' },
    next: { zh: '核对卡号，或换一个', en: 'Check the number, or choose another' },
  },
  CL_CARD_NUMBER: {
    status: 400,
    text: { zh: '卡号格式不对', en: 'This is no card number' },
    next: {
      zh: '1 至 20 位字母、数字或连字符，首尾不是连字符',
      en: 'Up to 20 letters, digits and hyphens; a hyphen neither first nor last',
    },
  },
  CL_AFFILIATION_SPAN: {
    status: 400,
    text: { zh: '身份的起止日期不对', en: 'The days of the affiliation do not fit' },
    next: {
      zh: '结束不早于开始和今天；访客必须有结束日期，最长 366 天',
      en: 'It ends after it begins and not before today; a visit ends within 366 days',
    },
  },
  CL_AFFILIATION_ENDED: {
    status: 409,
    text: { zh: '此身份已结束', en: 'This affiliation has ended' },
    next: { zh: '为此人添加新的身份', en: 'Add a new one to the person' },
  },
  CL_SPONSOR: {
    status: 400,
    text: { zh: '访客需要一位校内接待人', en: 'A visitor needs a sponsor of the school' },
    next: {
      zh: '选一位在校的师生、员工或监护人，不能是访客或本人',
      en: 'Choose somebody who belongs to the school now: no visitor, and not the same person',
    },
  },
  CL_CARD_SPAN: {
    status: 400,
    text: { zh: '卡的有效期超出身份的起止日期', en: 'The card would outlast its affiliation' },
    next: { zh: '改为身份的起止日期之内', en: 'Choose days within those of the affiliation' },
  },
  CL_CARD_LIVE: {
    status: 409,
    text: { zh: '这个身份已有一张卡', en: 'This affiliation has a card already' },
    next: { zh: '先注销那张卡，或补卡', en: 'End that card first, or replace it at the desk' },
  },
  CL_GROUP_UNKNOWN: {
    status: 400,
    text: { zh: '没有这个群组', en: 'There is no such group' },
    next: { zh: '从列表里选', en: 'Choose from the list' },
  },
  CL_PIN_WEAK: {
    status: 400,
    text: { zh: '这个 PIN 太容易猜到', en: 'This PIN is too easy to guess' },
    next: {
      zh: '4 至 8 位数字；不用连号、重复的数字，也不用卡号里的数字',
      en: '4 to 8 digits; no runs, no repeats, and nothing that stands in the number',
    },
  },
  CL_BULK_SIZE: {
    status: 413,
    text: { zh: '文件过大', en: 'The file is too large' },
    next: {
      zh: '最多 10 MB、20,000 行；请分成几个文件',
      en: 'At most 10 MB and 20,000 rows: split it into several files',
    },
  },
  CL_BULK_TEXT: {
    status: 400,
    text: { zh: '这不是 CSV 文本', en: 'This is no CSV text' },
    next: {
      zh: '在表格软件中另存为“CSV UTF-8”，再上传',
      en: 'Save it as “CSV UTF-8” in your spreadsheet program, then upload that',
    },
  },
  CL_BULK_EMPTY: {
    status: 400,
    text: { zh: '文件里没有数据行', en: 'The file has no rows' },
    next: { zh: '表头下面至少要有一行', en: 'Put at least one row below the headings' },
  },
  CL_BULK_HEADINGS: {
    status: 400,
    text: {
      zh: '第一行不是可用的表头：需要“卡号”，每列只能出现一次',
      en: 'The first line is no use as headings: it needs “number”, and each column once',
    },
    next: { zh: '下载模板，对照表头', en: 'Download the template and compare its headings' },
  },
  CL_BULK_STATE: {
    status: 409,
    text: { zh: '这批发卡已不在可以这样做的阶段', en: 'The batch is no longer at that stage' },
    next: {
      zh: '刷新后查看；只有 24 小时内最近一次应用可以撤销',
      en: 'Look at it again; only the last one applied within 24 hours can be undone',
    },
  },
  CL_FACE: {
    status: 400,
    text: { zh: '卡面不合要求', en: 'The card face does not fit' },
    next: {
      zh: '白字对比度至少 4.5:1；文字不能为空；链接以 https:// 开头，不含账号',
      en: 'White text needs 4.5:1; words must not be empty; links are https:// and name no user',
    },
  },
  CL_FACE_STALE: {
    status: 409,
    text: { zh: '卡面刚被别人改过', en: 'Somebody else has just changed the card face' },
    next: { zh: '重新打开此页，再做修改', en: 'Open the page again, then make your change' },
  },
  CL_DEMO_OFF: {
    status: 404,
    text: { zh: '演示功能未启用', en: 'The demo is not switched on' },
    next: { zh: '用 npm start 启动演示校园', en: 'Start the demo campus with npm start' },
  },
  CL_INTERNAL: {
    status: 500,
    text: { zh: '服务出错，已记录', en: 'Something failed and was logged' },
    next: { zh: '稍后再试', en: 'Try again soon' },
  },
} as const;

export type CloudErrorCode = keyof typeof cloudErrors;

export type CloudErrorOptions = ErrorOptions & {
  /** From when on it can be asked for again, where that is known; unix ms. */
  readonly freeAtMs?: number | undefined;
  /** Which part of the request is meant, and what would be taken instead. */
  readonly about?: { readonly at: string; readonly offer?: string };
};

export class CloudError extends Error {
  readonly code: CloudErrorCode;
  readonly freeAtMs: number | undefined;
  readonly about: CloudErrorOptions['about'];

  constructor(code: CloudErrorCode, detail = '', options?: CloudErrorOptions) {
    super(
      detail === '' ? cloudErrors[code].text.en : `${cloudErrors[code].text.en}: ${detail}`,
      options,
    );
    this.name = 'CloudError';
    this.code = code;
    this.freeAtMs = options?.freeAtMs;
    this.about = options?.about;
  }
}
