export type BatchVector = {
  readonly source: string;
  /** The whole payload of one `up/batch`, hex. */
  readonly wire: string;
  readonly header: string;
  /** `seq kind` of each event of the inflated body. */
  readonly events: readonly string[];
};

/* prettier-ignore */
export const batchVectors: readonly BatchVector[] = [
  {
    source: 'wire of 0.1.0: JSON by Python 3.11, body compressed by zstd 1.5.4 -19 --no-check',
    wire: '7b2276223a312c2267617465776179223a2267772d6c696272617279222c2265706f6368223a223030303063616665222c2273747265616d223a226d61696e222c2266726f6d223a372c22746f223a31302c226c6f7374223a5b7b2266726f6d223a382c22746f223a392c226a6f75726e616c436c617373223a22646f6f72222c22776879223a2264616d61676564227d5d7d0a28b52ffd60d001550a000658431d504f75c32bb8d08ba703bd1042334704a99487ff5679be50c60c9182013a0037003a008326651a06fa760d393aaf546b9dbc3e763b70f2e2f5925ff40fd54d1d25a269108843d2c73dfae2e8f6350410b2527bfd72ec7174d04b18fe12b728d63a72f4b6aadbf590c1751eafe57774cb8b8eafe7c5e0f5aee1f2fb45bf7119b70a5ecf8a51781d3d65c30c1867dbf5af7b1d3d01ce26525ebfdeaaa386a07f1cdda4d5d10f69601498b006aa71d2665edf9645c78b9f3a7a329ba4870b6eec5142ef9ac1c794a382dea13ac2bf684fe071dc16d800a303ab316304b69f4706b77524ca5604b19d7e9900cf158b51f8e8794a064e229055d7b372ccd664936bf8382582c9cc0393b90a0c41651500af17059921944661c34503628b00e9ae10feb81005b710d9205cbaec740e847b2a29c32c8603614061e5af9c7998dda166339b42eb16e801',
    header: '{"v":1,"gateway":"gw-library","epoch":"0000cafe","stream":"main","from":7,"to":10,"lost":[{"from":8,"to":9,"journalClass":"door","why":"damaged"}]}',
    events: ['7 access.granted', '10 robot.waved'],
  },
];
