/**
 * A network that delays, loses, duplicates and reorders what is given to it, in virtual time.
 */
import type { Dice } from './dice.ts'

export interface NetworkFaults {
  lost: number
  duplicated: number
  reordered: number
}

export interface NetworkOptions {
  /** Probability that a message is lost. Links are reliable in themselves: a loss stands for a link that broke. */
  readonly loss: number
  readonly duplication: number
  /** Probability that a message is held back, so that later ones overtake it. */
  readonly reordering: number
  /** Virtual milliseconds of an ordinary delivery, at most. */
  readonly delay: number
}

export interface Network<Packet> {
  /** @param reliable - neither lost, doubled nor overtaken by another reliable one */
  send(from: string, to: string, packet: Packet, reliable?: boolean): void
  /** Delivers what is due up to `time`. */
  advance(time: number, deliver: (from: string, to: string, packet: Packet) => void): void
  /** Forgets everything under way to or from `peer`. */
  cut(peer: string): void
  /** While `quiet`, nothing is lost, duplicated or held back. */
  quiet: boolean
  readonly underWay: number
  /** When the next delivery is due; infinite when nothing is under way. */
  readonly nextDue: number
  readonly faults: NetworkFaults
}

interface Flight<Packet> {
  readonly from: string
  readonly to: string
  readonly packet: Packet
  readonly due: number
}

export function createNetwork<Packet>(dice: Dice, options: NetworkOptions): Network<Packet> {
  const flights: Flight<Packet>[] = []
  const faults: NetworkFaults = { lost: 0, duplicated: 0, reordered: 0 }
  /** Of reliable packets, by sender and receiver. */
  const lastDue = new Map<string, number>()
  let now = 0

  /** Keeps flights sorted by arrival, first come first served. */
  function launch(flight: Flight<Packet>): void {
    let low = 0
    let high = flights.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((flights[middle] as Flight<Packet>).due <= flight.due) low = middle + 1
      else high = middle
    }
    flights.splice(low, 0, flight)
  }

  const network: Network<Packet> = {
    quiet: false,
    faults,
    get underWay() {
      return flights.length
    },
    get nextDue() {
      return flights[0]?.due ?? Number.POSITIVE_INFINITY
    },
    send(from, to, packet, reliable = false) {
      const faulty = !network.quiet && !reliable
      if (faulty && dice.chance(options.loss)) {
        faults.lost++
        return
      }
      let due = now + 1 + dice.roll(options.delay)
      if (faulty && dice.chance(options.reordering)) {
        faults.reordered++
        due += options.delay * (1 + dice.roll(20))
      }
      if (reliable) {
        const pair = `${from} ${to}`
        due = Math.max(due, lastDue.get(pair) ?? 0)
        lastDue.set(pair, due)
      }
      launch({ from, to, packet, due })
      if (faulty && dice.chance(options.duplication)) {
        faults.duplicated++
        launch({ from, to, packet, due: due + dice.roll(options.delay * 10) })
      }
    },
    advance(time, deliver) {
      for (let next = flights[0]; next && next.due <= time; next = flights[0]) {
        flights.shift()
        now = Math.max(now, next.due)
        deliver(next.from, next.to, next.packet)
      }
      now = time
    },
    cut(peer) {
      for (let i = flights.length - 1; i >= 0; i--) {
        if (flights[i]?.from === peer || flights[i]?.to === peer) flights.splice(i, 1)
      }
    },
  }
  return network
}
