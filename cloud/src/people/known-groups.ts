/** What cards can be put into: groups of rules, and those that people are in or answer for. */
export const knownGroups = `
  select "group" from rule union select "group" from member union select "group" from charge`;
