/** Where a server that also serves pages has its relay; pages find it beside themselves. */
export const SIGNALING_PATH = '/signaling'
