/** Whether two machine ids show that two machines are meant. A host without an id shows nothing. */
export function otherMachine(one: string, other: string): boolean {
  return one !== '' && other !== '' && one !== other;
}
