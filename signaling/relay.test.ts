import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeSignaling, type SignalingMessage } from '../src/protocol/signaling.ts'
import {
  defaultRelayLimits,
  initialRelay,
  REFUSAL_COST,
  type RelayEffect,
  type RelayEvent,
  type RelayLimits,
  stepRelay,
} from './relay.ts'

/** A relay and what each of its connections received, in order. */
function openRelay(limits: Partial<RelayLimits> = {}) {
  let state = initialRelay<string>({ ...defaultRelayLimits, ...limits })
  const inboxes = new Map<string, unknown[]>()
  const closed = new Map<string, string>()
  const feed = (event: RelayEvent<string>): readonly RelayEffect<string>[] => {
    const [next, effects] = stepRelay(state, event)
    state = next
    for (const effect of effects) {
      if (effect.type === 'close') {
        expect(closed.has(effect.id)).toBe(false)
        closed.set(effect.id, effect.reason)
      } else if (effect.type === 'send') {
        for (const id of effect.to) inboxes.set(id, [...(inboxes.get(id) ?? []), JSON.parse(effect.text)])
      }
    }
    return effects
  }
  return {
    feed,
    closed,
    get state() {
      return state
    },
    connect: (id: string, address: string | null = null, at = 0) => feed({ type: 'connected', id, address, at }),
    say: (id: string, message: SignalingMessage, at = 0) =>
      feed({ type: 'frame-arrived', id, text: encodeSignaling(message), at }),
    sayText: (id: string, text: string, at = 0) => feed({ type: 'frame-arrived', id, text, at }),
    disconnect: (id: string) => feed({ type: 'disconnected', id }),
    /** What `id` received since it was last asked. */
    inbox: (id: string) => {
      const received = inboxes.get(id) ?? []
      inboxes.delete(id)
      return received
    },
  }
}

const subscribe = (...topics: string[]) => ({ type: 'subscribe', topics }) as const
const unsubscribe = (...topics: string[]) => ({ type: 'unsubscribe', topics }) as const
const publish = (topic: string, data: unknown = 'hello') => ({ type: 'publish', topic, data }) as const

describe('the relay', () => {
  it('gives a publish to every follower, the sender included, and says how many they are', () => {
    const relay = openRelay()
    for (const id of ['ana', 'ben', 'cem']) relay.connect(id)
    relay.say('ana', subscribe('garden'))
    relay.say('ben', subscribe('garden', 'kitchen'))
    relay.say('ana', { ...publish('garden'), clients: 99 })
    const expected = { type: 'publish', topic: 'garden', data: 'hello', clients: 2 }
    expect([relay.inbox('ana'), relay.inbox('ben'), relay.inbox('cem')]).toEqual([[expected], [expected], []])
    relay.say('cem', publish('kitchen'))
    expect([relay.inbox('ben'), relay.inbox('cem')]).toEqual([[{ ...publish('kitchen'), clients: 1 }], []])
  })

  it('answers a ping, and only to the one who asked', () => {
    const relay = openRelay()
    for (const id of ['ana', 'ben']) {
      relay.connect(id)
      relay.say(id, subscribe('garden'))
    }
    relay.say('ana', { type: 'ping' })
    expect([relay.inbox('ana'), relay.inbox('ben')]).toEqual([[{ type: 'pong' }], []])
  })

  it('delivers exactly to those who follow the topic now, as a plain model says, and leaves nothing behind', () => {
    const id = fc.constantFrom('ana', 'ben', 'cem', 'dan')
    const topic = fc.constantFrom('t1', 't2', '__proto__', 'constructor')
    const deed = fc.oneof(
      fc.record({ do: fc.constantFrom('subscribe', 'unsubscribe'), id, topics: fc.array(topic, { maxLength: 3 }) }),
      fc.record({ do: fc.constant('publish' as const), id, topic }),
      fc.record({ do: fc.constantFrom('connect', 'disconnect'), id }),
    )
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 60 }), deeds => {
        const relay = openRelay()
        const model = new Map<string, Set<string>>()
        for (const d of deeds) {
          if (d.do === 'connect' && !model.has(d.id)) {
            model.set(d.id, new Set())
            relay.connect(d.id)
          } else if (d.do === 'disconnect') {
            model.delete(d.id)
            relay.disconnect(d.id)
          } else if (d.do === 'subscribe' && 'topics' in d) {
            for (const t of d.topics) model.get(d.id)?.add(t)
            relay.say(d.id, subscribe(...d.topics))
          } else if (d.do === 'unsubscribe' && 'topics' in d) {
            for (const t of d.topics) model.get(d.id)?.delete(t)
            relay.say(d.id, unsubscribe(...d.topics))
          } else if (d.do === 'publish' && 'topic' in d) {
            relay.say(d.id, publish(d.topic))
            const followers = [...model].filter(([, topics]) => topics.has(d.topic)).map(([name]) => name)
            const heard = ['ana', 'ben', 'cem', 'dan'].filter(name => relay.inbox(name).length > 0)
            expect(heard).toEqual(model.has(d.id) ? followers.sort() : [])
          }
        }
        for (const name of model.keys()) relay.disconnect(name)
        expect([relay.state.connections.size, relay.state.topics.size, relay.closed.size]).toEqual([0, 0, 0])
      }),
    )
  })

  it('survives any frame, answers it at most to its sender, and serves the others as before', () => {
    const hostile = fc.oneof(
      fc.string(),
      fc.json(),
      fc.jsonValue().map(data => JSON.stringify({ type: 'publish', topic: data })),
      fc.jsonValue().map(data => JSON.stringify({ type: 'subscribe', topics: data })),
      fc.jsonValue().map(data => JSON.stringify({ type: data, topics: [data] })),
      fc.nat(100_000).map(depth => '{"a":'.repeat(depth)),
      fc.nat(60_000).map(depth => `{"type":"publish","topic":"garden","x":${'['.repeat(depth)}${']'.repeat(depth)}}`),
    )
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 20 }), frames => {
        const relay = openRelay()
        relay.connect('eve')
        relay.connect('ana')
        relay.say('ana', subscribe('own'))
        for (const text of frames) {
          for (const effect of relay.sayText('eve', text)) {
            expect(effect.type === 'send' ? effect.to : [effect.type]).toEqual(['eve'])
          }
        }
        relay.say('ana', publish('own'))
        expect(relay.inbox('ana')).toEqual([{ ...publish('own'), clients: 1 }])
      }),
    )
  })

  it('says why it refuses', () => {
    const relay = openRelay({ topicsPerConnection: 2 })
    relay.connect('eve')
    relay.sayText('eve', 'nonsense')
    relay.say('eve', { type: 'refused', code: 'mirror' })
    relay.say('eve', subscribe('a', 'b'))
    relay.say('eve', subscribe('b', 'c'))
    const codes = ['frame-not-json', 'not-for-the-relay', 'too-many-topics']
    expect(relay.inbox('eve')).toEqual(codes.map(code => ({ type: 'refused', code })))
    relay.say('eve', publish('c'))
    expect(relay.inbox('eve')).toEqual([])
  })

  it('lets a connection work at its rate for ever, and closes one that exceeds it', () => {
    const relay = openRelay({ burst: 10, sustained: 20 })
    for (const id of ['ana', 'eve']) {
      relay.connect(id)
      relay.say(id, subscribe(id))
    }
    // A publish to oneself costs two units; twenty units a second are ten publishes.
    for (let second = 0; second < 100; second += 0.1) relay.say('ana', publish('ana'), second * 1000)
    expect(relay.closed.size).toBe(0)
    for (let i = 0; i < 20; i++) relay.say('eve', publish('eve'))
    expect(relay.closed).toEqual(new Map([['eve', 'rate-exceeded']]))
    expect(relay.inbox('eve')).toHaveLength(4) // two units of ten went for the subscription
    expect(relay.state.topics.has('eve')).toBe(false)
  })

  it('counts a frame by its receivers, and a refused one dearly', () => {
    const crowded = openRelay({ burst: 50, sustained: 1 })
    for (let i = 0; i < 60; i++) {
      crowded.connect(`peer-${i}`)
      crowded.say(`peer-${i}`, subscribe('square'))
    }
    crowded.say('peer-0', publish('square'))
    expect(crowded.closed).toEqual(new Map([['peer-0', 'rate-exceeded']]))
    const insulted = openRelay({ burst: 2 * REFUSAL_COST, sustained: 1 })
    insulted.connect('eve')
    for (let i = 0; i < 3; i++) insulted.sayText('eve', '?')
    expect(insulted.closed.get('eve')).toBe('rate-exceeded')
  })

  it('admits so many in all and so many from one address, and again when one has gone', () => {
    const relay = openRelay({ connections: 4, connectionsPerAddress: 2 })
    relay.connect('a1', 'A')
    relay.connect('a2', 'A')
    relay.connect('a3', 'A')
    expect(relay.closed.get('a3')).toBe('too-many-connections')
    relay.disconnect('a3') // never admitted: must not free a place
    relay.connect('a4', 'A')
    expect(relay.closed.get('a4')).toBe('too-many-connections')
    relay.disconnect('a1')
    relay.connect('a5', 'A')
    relay.connect('x', null)
    relay.connect('y', null)
    relay.connect('z', null)
    expect([...relay.closed]).toEqual([
      ['a3', 'too-many-connections'],
      ['a4', 'too-many-connections'],
      ['z', 'relay-full'],
    ])
  })

  it('closes who was silent from one sweep to the next, and pings the others', () => {
    const relay = openRelay()
    for (const id of ['ana', 'ben']) relay.connect(id)
    expect(relay.feed({ type: 'swept' })).toEqual([{ type: 'ping', to: ['ana', 'ben'] }])
    relay.feed({ type: 'heard', id: 'ana', at: 30_000 })
    expect(relay.feed({ type: 'swept' })).toEqual([
      { type: 'close', id: 'ben', reason: 'silent' },
      { type: 'ping', to: ['ana'] },
    ])
  })

  it('closes a receiver that takes nothing, once, and sends it nothing more', () => {
    const relay = openRelay()
    for (const id of ['ana', 'sloth']) {
      relay.connect(id)
      relay.say(id, subscribe('garden'))
    }
    relay.feed({ type: 'overflowed', id: 'sloth' })
    expect(relay.feed({ type: 'overflowed', id: 'sloth' })).toEqual([])
    relay.say('ana', publish('garden'))
    expect([relay.closed.get('sloth'), relay.inbox('sloth')]).toEqual(['receiver-too-slow', []])
    expect(relay.inbox('ana')).toEqual([{ ...publish('garden'), clients: 1 }])
  })
})
