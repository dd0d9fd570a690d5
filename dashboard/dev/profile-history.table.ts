/** Who wrote the versions of the mock campus, and what was said of them. */
export const author = {
  id: '018f0000-0000-7000-8000-000000000001',
  name: { zh: '周敏', en: 'Zhou Min' },
};

export const notes = {
  fault: '第 24 格的故障位',
  baud: '波特率改为 19200',
  wide: 'CO2 改为 16 位',
} as const;

export const library = {
  gateway: 'gw-library',
  gatewayName: { zh: '图书馆网关', en: 'Library gateway' },
};

export const refusal = {
  code: 'vectors_fail',
  text: { zh: '有样例不通过', en: 'An example does not hold' },
  detail: 'vectors[5]: state.box = [0, 0, 1]',
};
