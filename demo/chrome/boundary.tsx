/** What cannot be drawn costs only itself: something else is shown in its place. A class, because React asks for one. */
import { Component, type ReactNode } from 'react'

interface BoundaryProps {
  readonly instead: ReactNode
  /** What is drawn: when this is another, it is tried again. */
  readonly of?: unknown
  readonly children: ReactNode
}

interface BoundaryState {
  readonly failed: boolean
  readonly of: unknown
}

export class Boundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { failed: false, of: this.props.of }

  static getDerivedStateFromError(): Partial<BoundaryState> {
    return { failed: true }
  }

  static getDerivedStateFromProps({ of }: BoundaryProps, state: BoundaryState): BoundaryState | null {
    return of === state.of ? null : { failed: false, of }
  }

  override render(): ReactNode {
    return this.state.failed ? this.props.instead : this.props.children
  }
}
