/**
 * What may not be as it should be with a room, in words for the person at the screen.
 */
import type { MeshProblem } from '../mesh/mesh.ts'
import type { LinkProblem } from '../rights/index.ts'

/** Every code that a problem of a room can have. Codes are stable, sentences are not. */
export type ProblemCode = (typeof PROBLEMS)[keyof typeof PROBLEMS]['code'] | MeshProblem['code'] | `link-${LinkProblem}`

export interface Problem {
  readonly code: ProblemCode
  readonly sentence: string
  /** What the reader can do about it. */
  readonly nextStep: string
}

interface Wording {
  readonly code: string
  readonly sentence: string
  readonly nextStep: string
}

export const PROBLEMS = {
  nobodyHere: {
    code: 'nobody-here',
    sentence: 'This page has not seen this room before, and nobody who has it is here.',
    nextStep: 'Keep it open: it fills as soon as somebody who has the room comes.',
  },
  apart: {
    code: 'apart',
    sentence: 'You and somebody here lack edits of each other that nobody here can give any more.',
    nextStep: 'Keep this page open until somebody is here who was in the room earlier: it is completed then.',
  },
  tooOld: {
    code: 'too-old',
    sentence: 'Somebody here uses a newer version of this page.',
    nextStep: 'Reload this page to work with them.',
  },
  otherProtocol: {
    code: 'other-protocol',
    sentence: 'Somebody here uses another version of this page, which cannot be understood.',
    nextStep: 'Ask them to reload their page.',
  },
  insecure: {
    code: 'insecure-origin',
    sentence: 'This address is not secure, so the browser offers no encryption to this page.',
    nextStep: 'Open it by https, or on this computer by http://localhost.',
  },
  notOpened: {
    code: 'not-opened',
    sentence: 'This page could not open the room.',
    nextStep: 'Reload this page, or try another browser.',
  },
  notFilled: {
    code: 'not-filled',
    sentence: 'This page could not write what the room begins with.',
    nextStep: 'Tell whoever made this page: it is a mistake in it.',
  },
  quota: {
    code: 'quota',
    sentence: 'This device has no room left, so new edits are only in this page and with the others.',
    nextStep: 'Keep this page open, free some space, or export a copy.',
  },
  notKept: {
    code: 'not-kept',
    sentence: 'This browser keeps nothing for this page, so the room lives only while somebody has it open.',
    nextStep: 'Leave the private window, allow storage for this page, or export a copy before you close it.',
  },
  keptByNewer: {
    code: 'kept-by-newer',
    sentence:
      'A newer version of this page keeps this room now, so new edits are only in this page and with the others.',
    nextStep: 'Reload this page, after the others have what you wrote or you have exported a copy.',
  },
  keptDamaged: {
    code: 'kept-damaged',
    sentence: 'Part of what this device had kept of this room is damaged, and was left out.',
    nextStep: 'Keep this page open until somebody is here who has the room: it is completed then.',
  },
  keptLost: {
    code: 'kept-lost',
    sentence: 'This browser has thrown away what it had kept of this room.',
    nextStep: 'Keep this page open until somebody is here who has the room, or open a file that was exported from it.',
  },
  fileUnreadable: {
    code: 'file-unreadable',
    sentence: 'This file could not be read.',
    nextStep: 'Choose it again; it may have been moved or changed meanwhile.',
  },
  fileNotARoom: {
    code: 'file-not-a-room',
    sentence: 'This file is no room.',
    nextStep: 'Choose a file that was exported from one.',
  },
  fileNewer: {
    code: 'file-newer-version',
    sentence: 'This file was written by a newer version of this page.',
    nextStep: 'Reload this page, or open the file where it was written.',
  },
  fileOtherRoom: {
    code: 'file-other-room',
    sentence: 'This file is of another room than the link.',
    nextStep: 'Open it with the link of the room that it was exported from.',
  },
  fileDamaged: {
    code: 'file-damaged',
    sentence: 'This room file is damaged, and not all of it can be read.',
    nextStep: 'Open another copy of it, or what can be read of this one.',
  },
  fileRecovered: {
    code: 'file-recovered',
    sentence: 'The file of this room is damaged, and part of it could not be read.',
    nextStep:
      'Keep this page open, or open the file again, while somebody is here who has the room: it is completed then.',
  },
} as const satisfies Record<string, Wording>
