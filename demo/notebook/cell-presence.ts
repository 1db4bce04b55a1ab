/** Who is in which cell, told to the others and heard from them. */
import type { Anchor, Observable, Participant, Room } from 'supermesh'
import type { RemoteSelection, TextSelection } from 'supermesh/codemirror'

export interface CellVisitor extends Partial<TextSelection> {
  readonly id: string
  readonly name: string
  readonly colour: string
}

export interface CellPresence {
  /** Others whose selected cell this is. The same array until it changes. */
  visitors(cell: string): Observable<readonly CellVisitor[]>
  /** Those of them whose caret is in the text. */
  carets(cell: string): Observable<readonly RemoteSelection[]>
  /** Says which cell is selected here. */
  enter(cell: string | null): void
  /** Says where the own caret is in `cell`; `null` when it is not in its text. */
  show(cell: string, selection: TextSelection | null): void
}

export function createCellPresence(room: Pick<Room<never>, 'people' | 'setPresence'>): CellPresence {
  let entered: string | null = null

  function watch<V>(read: (people: readonly Participant[]) => readonly V[]): Observable<readonly V[]> {
    let seen: readonly Participant[] | null = null
    let answer: readonly V[] = []
    const getSnapshot = () => {
      const people = room.people.getSnapshot()
      if (people !== seen) {
        seen = people
        const next = read(people)
        if (JSON.stringify(next) !== JSON.stringify(answer)) answer = next
      }
      return answer
    }
    return {
      getSnapshot,
      subscribe: listener =>
        room.people.subscribe(() => {
          const before = answer
          if (getSnapshot() !== before) listener(answer)
        }),
    }
  }

  return {
    visitors: cell => watch(people => visitorsOf(people, cell)),
    carets: cell => watch(people => visitorsOf(people, cell).filter(isInText)),
    enter(cell) {
      if (cell === entered) return
      entered = cell
      room.setPresence({ cell, anchor: null, head: null })
    },
    show(cell, selection) {
      // An editor that is left speaks last: by then the person may be in another cell.
      if (selection === null && entered !== cell) return
      entered = cell
      room.setPresence({ cell, anchor: selection?.anchor ?? null, head: selection?.head ?? null })
    },
  }
}

function visitorsOf(people: readonly Participant[], cell: string): readonly CellVisitor[] {
  return people.flatMap(({ name, colour, peers }) =>
    peers.flatMap(({ id, self, presence }) => {
      if (self || presence.cell !== cell) return []
      const { anchor, head } = presence
      const isCaret = typeof anchor === 'string' && typeof head === 'string'
      return [{ id, name, colour, ...(isCaret && { anchor: anchor as Anchor, head: head as Anchor }) }]
    }),
  )
}

const isInText = (visitor: CellVisitor): visitor is RemoteSelection => visitor.anchor !== undefined
