import Type from 'typebox';

/** Names and values as the device's profile declares them. */
export const ValueName = Type.String({ pattern: '^[a-z][a-zA-Z0-9]{0,39}$' });
export const valueCharsMax = 2048;
export const valueItemsMax = 256;
const Scalar = Type.Union([
  Type.Number(),
  Type.String({ maxLength: valueCharsMax }),
  Type.Boolean(),
  Type.Null(),
]);
export const DeviceValue = Type.Union([Scalar, Type.Array(Scalar, { maxItems: valueItemsMax })]);
export type DeviceValue = Type.Static<typeof DeviceValue>;
export const deviceValuesMax = 128;
export const DeviceValues = Type.Record(ValueName, DeviceValue, {
  maxProperties: deviceValuesMax,
  // A pattern of names alone lets any other name pass, with anything behind it.
  additionalProperties: false,
});
export type DeviceValues = Type.Static<typeof DeviceValues>;
