/**
 * The shape of every rule: a pure function from a state and an event to the next state and the effects it orders.
 *
 * Rules never touch the world. The hands in `io/` (or the simulated world) carry effects out and report what happened as
 * further events, so that every behaviour can be replayed from its events alone.
 */
export type Step<State, Event, Effect> = (state: State, event: Event) => [State, readonly Effect[]]
