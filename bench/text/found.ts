/**
 * What a measurement found, by column; in a time's name, `@` stands before the number of edits after which it was taken.
 */
export type Found = Readonly<Record<string, number>>

export const markName = (column: string, edits: number): string => `${column}@${edits}`
export const isMark = (column: string): boolean => column.includes('@')
